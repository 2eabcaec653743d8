#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A full store answers 507.  When there is space again before the deadline the
# transfer goes on; else vmcapture exits with 69, and what was acknowledged is
# still there.
set -u
. "${0%/*}/lib.sh"

mount -t tmpfs -o size=36m tmpfs "$store" 2>/dev/null ||
	skip 'no permission to mount a small file system'
mounted=$store
echo 'reserve 0' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
conf "$port" 'stall_timeout 2'

is_full() {
	[ "$(grep -c 'refused with 507' "$server_log")" -ge 2 ]
}

head -c 24M /dev/zero >"$store/ballast"
capture_in_background
wait_for 30 is_full
rm "$store/ballast"
wait_capture
expect_status 0
expect_arrived
[ "$(figure resent)" -le 262144 ] ||
	fail "$(figure resent) bytes were sent again, to a full disk"
rm -rf "$store/web1"

conf "$port" 'stall_timeout 2' 'deadline 20'
head -c 24M /dev/zero >"$store/ballast"
capture
expect_status 69
rm "$store/ballast"
find_session web1
grep -q '"kernel_release"\|6.1.0-test' "$session/session.json" ||
	fail 'session.json was lost'
[ ! -e "$session/vmcore" ] || fail 'the vmcore looks complete'
tus HEAD "/files/web1/${session##*/}/vmcore"
expect_code 200
offset=$(sed -n 's/^Upload-Offset: *\([0-9]*\).*/\1/p' "$work/headers")
[ "$offset" -gt 4000000 ] || fail "only $offset bytes were kept"
