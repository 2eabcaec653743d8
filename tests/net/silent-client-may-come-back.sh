#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client that is silent for less than abandon_timeout goes on where it was;
# a request that takes longer than that is not cut off.  Who comes back later
# finds the session ended, and changes nothing of it.
set -u
. "${0%/*}/lib.sh"

printf '%s\n' 'abandon_timeout 6' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
start_proxy -b 4000000

has_bytes() {
	find "$store" -name vmcore.incomplete -size "+$(($1 / 512))" |
		grep -q .
}

# stop_client: a vmcapture that is stopped in the middle of the vmcore
stop_client() {
	conf "$proxy_port"
	"$vmcapture" -c "$work/capture.conf" -i "$vmcore" \
		2>>"$work/capture.log" &
	client=$!
	pids="$pids $client"
	wait_for 20 has_bytes 2000000
	kill -STOP "$client"
	session=$(dirname "$(find "$store" -name vmcore.incomplete)")
}

# Meanwhile, a body that takes nine seconds.
head -c 90000 /dev/urandom >"$work/body"
create 20260101T000000Z-0000beef slow
expect_code 201
(
	patch /files/web1/20260101T000000Z-0000beef/slow 0 "$work/body" \
		--limit-rate 10000
	echo "$code" >"$work/slow"
) &
slow=$!
pids="$pids $slow"
stop_client
wait "$slow"
[ "$(cat "$work/slow")" = 204 ] || fail "the slow request: $(cat "$work/slow")"
kill -CONT "$client"
wait_capture
# It may have been silent for too long, as the slow one took nine seconds.
[ "$status" = 69 ] || fail "came back too late, and exited with $status"
grep -q '"by": "vmcollectd"' "$session/manifest.json" || fail 'not ended'

rm -rf "$store/web1"
stop_client
sleep 3
kill -CONT "$client"
wait_capture
expect_status 0
expect_arrived
grep -q '"result": "complete"' "$session/manifest.json" || fail 'not complete'
