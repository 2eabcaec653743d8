#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A target that takes the connection and then says nothing more, and no other
# one is left: the stall timeout does not end it, because what is there would be
# lost, but the deadline does.
set -u
. "${0%/*}/lib.sh"

is_halfway() {
	[ "$(du -sk "$store" | cut -f1)" -gt 4000 ]
}

start_server
start_proxy -b 6000000
for limits in 'stall_timeout 2:deadline 6' 'stall_timeout 60:deadline 6'; do
	conf "$proxy_port" "${limits%:*}" "${limits#*:}"
	capture_in_background
	wait_for 20 is_halfway
	kill -STOP "$server"
	start=$(date +%s)
	wait_capture
	took=$(($(date +%s) - start))
	kill -CONT "$server"
	expect_status 75
	{ [ "$took" -ge 3 ] && [ "$took" -le 15 ]; } || fail "took $took s"
	find_session web1
	[ -e "$session/vmcore.incomplete" ] || fail 'not in the vmcore'
	[ ! -e "$session/manifest.json" ] || fail 'it looks complete'
	sleep 1
	rm -rf "$store/web1"
done
