#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A whole session arrives as it was: bytes, holes, digests, with the program
# of the image and with the one that has sanitizers.
set -u
. "${0%/*}/lib.sh"

start_server
conf "$port"
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	rm -rf "$store/web1"
	capture
	expect_status 0
	expect_arrived
	[ "$(figure resent)" = 0 ] || fail 'something was sent again'
	[ "$(figure chunk_size)" = 262144 ] || fail 'another chunk size'
	# 38 MiB of zeros were neither sent nor stored.
	[ "$(figure sent)" -lt 26000000 ] || fail 'zeros were sent'
	[ "$(du -k "$session/vmcore" | cut -f1)" -lt 25000 ] || fail 'no holes'
	grep -q 'panic - not syncing: sysrq' "$session/vmcore-dmesg.txt" ||
		fail 'no panic in vmcore-dmesg.txt'
	grep -q 6.1.0-test "$session/session.json" || fail 'no release'
done
