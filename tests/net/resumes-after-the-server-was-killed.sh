#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The server is killed with half a chunk in its hands and started again: the
# transfer goes on where it was, and at most that chunk is sent again.
set -u
. "${0%/*}/lib.sh"

start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	rm -rf "$store/web1"
	start_proxy -n 1 -h $((10 * 262144 + 131072))
	conf "$proxy_port"
	capture_in_background
	wait_for 20 grep -q held "$work/proxy.log"
	kill_server
	find_session web1
	[ -e "$session/vmcore.incomplete" ] || fail 'not in the vmcore'
	start_server
	wait_capture
	expect_status 0
	expect_arrived
	resent=$(figure resent)
	{ [ "$resent" -gt 0 ] && [ "$resent" -le 262144 ]; } ||
		fail "sent again: $resent bytes"
	expect_log 'going on at offset'
done
