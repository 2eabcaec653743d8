#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two targets fail in the first round: one falls silent in the vmcore, at the
# other one nobody is.  In the second round the first one is there again: it gets
# the vmcore from its first byte on, and nothing that it had all of.
set -u
. "${0%/*}/lib.sh"

is_halfway() {
	[ "$(du -sk "$store" | cut -f1)" -gt 4000 ]
}

has_given_up() {
	[ "$(grep -c 'given up$' "$work/capture.log")" -ge "$1" ]
}

start_server
start_proxy -b 6000000
conf "$proxy_port" 'https https://localhost:9/files' 'stall_timeout 3'
capture_in_background
wait_for 20 is_halfway
kill -STOP "$server"
wait_for 30 has_given_up 1
kill -CONT "$server"
wait_capture
expect_status 0
expect_arrived
expect_log 'localhost:9/files: given up$'
expect_log 'vmcore: removing what is there of it'
expect_server_log 'removed by the client at offset [1-9]'
for object in session.json vmcore-dmesg.txt; do
	n=$(grep -c "$object: [0-9]* bytes sent" "$work/capture.log")
	[ "$n" = 1 ] || fail "$object was sent $n times"
done
