# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the scripts that start a real store for tests have in common:
#
#	NAME start DIR		from nothing; prints how long it took
#	NAME kill DIR		SIGKILL to what speaks S3, the rest stays
#	NAME restart DIR	starts that again
#	NAME stop DIR		ends everything; DIR may be removed then
#	NAME run DIR CMD...	start, CMD, stop; exits as CMD does
#
# All state is below DIR, which must be absolute.  Servers listen on the
# loopback, on ports that are free; DIR/env says how to reach the store (it is
# shell: endpoint, region, access_key, secret_key; the CA is DIR/ca.pem).
# Client and server have keys that are good for nothing else.

set -eu
server=${0##*/}

say() {
	echo "$server: $*"
}

die() {
	say "$*" >&2
	exit 1
}

# need COMMAND...: of the packages that configs/packages.txt lists
need() {
	for command; do
		command -v "$command" >/dev/null ||
			die "no $command: make deps installs it"
	done
}

# free_port: one that nobody listens on, below those for clients
free_port() {
	while :; do
		port=$(shuf -i 15000-30000 -n 1)
		grep -qi "$(printf ':%04X 00000000:0000 0A' "$port")" \
			/proc/net/tcp || break
	done
	echo "$port"
}

# pki DIR: a CA and the server's certificate, for its names in the tests
pki() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 30 -subj /CN=store-ca -keyout "$1/ca.key" \
		-out "$1/ca.pem" 2>/dev/null
	printf '%s\n' 'extendedKeyUsage=serverAuth' \
		'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:10.0.2.2' \
		>"$1/server.ext"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj /CN=store -keyout "$1/server.key" \
		-out "$1/server.csr" 2>/dev/null
	openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" \
		-CAkey "$1/ca.key" -CAcreateserial -days 30 \
		-extfile "$1/server.ext" -out "$1/server.pem" 2>/dev/null
}

# answers DIR: whatever it says to an anonymous request
answers() {
	# shellcheck disable=SC1091 # written by start
	. "$1/env"
	curl -s -o /dev/null --max-time 2 --cacert "$1/ca.pem" "$endpoint/"
}

# until_true SECONDS WHAT COMMAND...
until_true() {
	tenths=$(($1 * 10)) what=$2
	shift 2
	until "$@"; do
		tenths=$((tenths - 1))
		[ "$tenths" -gt 0 ] || die "$what"
		sleep 0.1
	done
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

# end SIGNAL PIDFILE...: each of them, until it is gone
end() {
	signal=$1
	shift
	for file; do
		[ -s "$file" ] || continue
		kill "-$signal" "$(cat "$file")" 2>/dev/null || :
	done
	for file; do
		[ -s "$file" ] || continue
		pid=$(cat "$file")
		tenths=100
		until is_gone "$pid"; do
			tenths=$((tenths - 1))
			[ "$tenths" -gt 0 ] || kill -KILL "$pid" || :
			sleep 0.1
		done
		rm -f "$file"
	done
}

# main COMMAND DIR [WORD]...: calls start, front_kill, front_start and stop
main() {
	[ $# -ge 2 ] || die 'start|kill|restart|stop DIR, or run DIR CMD...'
	command=$1 dir=$2
	shift 2
	case $dir in /*) ;; *) die "$dir: must be absolute" ;; esac
	began=$(date +%s%N)
	case $command in
	start)
		mkdir -p "$dir"
		[ -z "$(ls -A "$dir")" ] || die "$dir: not empty"
		pki "$dir"
		# What has not started whole is ended.
		trap 'status=$?; [ "$status" = 0 ] || stop; exit "$status"' EXIT
		start
		until_true 120 'does not answer' answers "$dir"
		;;
	kill)
		front_kill
		return
		;;
	restart)
		front_start
		until_true 120 'does not answer' answers "$dir"
		;;
	stop)
		stop
		;;
	run)
		# Whatever happens, nothing is left running.
		trap '"$0" stop "$dir" >/dev/null' EXIT
		trap 'exit 1' INT TERM HUP
		"$0" start "$dir"
		status=0
		"$@" || status=$?
		exit "$status"
		;;
	*)
		die "$command: not a command"
		;;
	esac
	say "$command: $((($(date +%s%N) - began) / 1000000)) ms"
}
