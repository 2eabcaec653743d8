#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Only one direction works for some seconds: packets of the server are lost,
# then those of the client, so that the server has a connection left that
# nobody uses.  A connection is dead after a third of the stall timeout.
set -u
. "${0%/*}/link.sh"

# so_many_times N TEXT: N lines of vmcapture's log have the text
so_many_times() {
	[ "$(grep -c "$2" "$work/capture.log")" -ge "$1" ]
}

link_start 'rate 30000000'
start_server
conf "$port" 'stall_timeout 24' 'deadline 200'
capture_limit=200
capture_in_background
wait_for 20 has_arrived 2000
link_say 'mute b'
wait_for 12 so_many_times 1 'nothing moved for'
link_say 'mute none'
wait_for 30 has_arrived 9000
link_say 'mute a'
wait_for 12 so_many_times 2 'nothing moved for'
link_say 'mute none'
wait_capture
expect_status 0
expect_arrived
expect_resent "$(figure retries)"
