#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hundred machines crash at once, each on a slow link: all captures arrive,
# the server's memory stays within what its manual says, and nobody waits much
# longer than the others; without max_sessions and with it.
set -u
# shellcheck source=tests/net/lib.sh
. "${0%/*}/lib.sh"

n=200 sessions_max=50
rate=150000                # bytes a second of each machine
memory_kb=$((16384 + 256 * n)) # vmcollectd(8): of n connections
vmcollectd=$O/host/vmcollectd # sanitizers have a memory of their own
vmcore=$work/small.vmcore
"$O/test/mkvmcore" "$here/small-vmcore.txt" "$vmcore" || fail 'no vmcore'
for host in 3 4; do
	certificate "web$host" "/CN=web$host" clientAuth
done

# one NUMBER: a capture of one of four machines, and how long it took
one() {
	began=$(date +%s%3N)
	timeout 110 "$vmcapture" -c "$work/web$(($1 % 4 + 1)).conf" \
		-i "$vmcore" 2>"$work/log/$1"
	echo "$? $(($(date +%s%3N) - began))" >"$work/result/$1"
}

# everybody: all at once
everybody() {
	rm -rf "$work/result" "$work/log" "${store:?}"/*
	mkdir "$work/result" "$work/log"
	for host in 1 2 3 4; do
		conf "$proxy_port" 'chunk_size 64K' 'deadline 100' \
			"cert $work/web$host.pem" "key $work/web$host.key"
		mv "$work/capture.conf" "$work/web$host.conf"
	done
	i=0 ones=
	while [ "$i" -lt "$n" ]; do
		one "$i" &
		ones="$ones $!"
		i=$((i + 1))
	done
	# shellcheck disable=SC2086 # process ids
	wait $ones
}

# expect_everything WHAT: prints the figures too
expect_everything() {
	good=$(grep -l '^0 ' "$work/result"/* | wc -l)
	[ "$good" = "$n" ] || {
		bad=$(grep -L '^0 ' "$work/result"/* | head -n 1)
		cp "$work/log/${bad##*/}" "$work/bad.log"
		fail "$1: $good of $n are complete; one: $(cat "$bad")"
	}
	for session in "$store"/web*/*; do
		cmp "$session/vmcore" "$vmcore" || fail "$session differs"
	done
	[ "$(find "$store" -name manifest.json | wc -l)" = "$n" ] ||
		fail "$1: not $n sessions"
	[ -z "$(find "$store" -name '*.incomplete')" ] || fail "$1: leftovers"
	peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$server/status")
	cut -d' ' -f2 "$work/result"/* | sort -n >"$work/times"
	median=$(sed -n "$((n / 2))p" "$work/times")
	slowest=$(tail -n 1 "$work/times")
	echo "# $1: $n captures, VmHWM $peak KiB, median $median ms," \
		"slowest $slowest ms, first $(head -n 1 "$work/times") ms"
	[ "$peak" -le "$memory_kb" ] || fail "$1: $peak KiB, not $memory_kb"
}

start_server
start_proxy -b "$rate"
everybody
expect_everything 'no limit'
[ "$slowest" -le $((2 * median + 5000)) ] || fail 'one starved'
kill_server TERM

# Hardly more connections than that: who waits must not keep any.
printf '%s\n' "max_sessions $sessions_max" \
	"max_connections $((sessions_max + 14))" >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
everybody
expect_everything "max_sessions $sessions_max"
expect_server_log 'refused with 503: max_sessions'
# In the order of arrival: the last ones wait for three others before them.
[ "$slowest" -le 90000 ] || fail 'one starved'
