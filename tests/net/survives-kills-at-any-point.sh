#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The server is killed and started again many times, whatever it is doing just
# then: everything arrives, and each time costs at most a chunk.
set -u
. "${0%/*}/lib.sh"

start_server
start_proxy -b 40000000
conf "$proxy_port"
capture_in_background
kills=0
while kill -0 "$client" 2>/dev/null; do
	sleep "0.$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')"
	kill_server
	start_server
	kills=$((kills + 1))
done
wait_capture
expect_status 0
expect_arrived
[ "$kills" -ge 3 ] || fail "only $kills kills"
[ "$(figure resent)" -le $((kills * 262144)) ] ||
	fail "sent again: $(figure resent) bytes after $kills kills"
