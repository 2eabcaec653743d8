#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGTERM, idle and in the middle of a transfer: exit status 0 within seconds,
# and the transfer goes on with the next server.
set -u
. "${0%/*}/lib.sh"

start_server
kill_server TERM
[ "$server_status" = 0 ] || fail "idle: exit status $server_status"

start_server
start_proxy -b 6000000
conf "$proxy_port"
capture_in_background
is_halfway() {
	[ "$(du -sk "$store" | cut -f1)" -gt 4000 ]
}
wait_for 20 is_halfway
start=$(date +%s)
kill_server TERM
[ "$server_status" = 0 ] || fail "busy: exit status $server_status"
[ $(($(date +%s) - start)) -lt 15 ] || fail 'it took too long'
start_server
wait_capture
expect_status 0
expect_arrived
[ "$(figure resent)" -le 262144 ] || fail 'more than a chunk was sent again'
