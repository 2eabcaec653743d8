#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcollectd ls: a complete session with its panic, and one that is on its way.
set -u
. "${0%/*}/lib.sh"

start_server
conf "$port"
capture
expect_status 0
create 20260101T000000Z-deadbeef vmcore flat
expect_code 201
kill_server TERM

"$O/asan/vmcollectd" ls --store "$store" >"$work/ls.log" ||
	fail 'vmcollectd ls failed'
grep -q 'web1.*complete.*sysrq triggered crash' "$work/ls.log" ||
	fail 'the complete session is not shown'
grep -q 'web1.*20260101T000000Z-deadbeef.*running' "$work/ls.log" ||
	fail 'the other session is not shown'
session=$(ls -d "$store"/web1/20260921*)
"$O/asan/vmcollectd" ls --store "$store" "web1/${session##*/}" \
	>"$work/ls.log" || fail 'vmcollectd ls SESSION failed'
for object in session.json vmcore-dmesg.txt vmcore manifest.json; do
	grep -q "$object" "$work/ls.log" || fail "$object is not shown"
done

# A session of a machine whose drivers did not all take their dumps.
sed -i 's/"drivers": \[\]/"drivers": [\n{"name": "cxgb4", "state": "loaded"},\
{"name": "bnx2x", "state": "failed", "error": "No such device"},\
{"name": "hang\x1b", "state": "timeout", "error": null}]/' "$session/session.json"
"$O/asan/vmcollectd" ls --store "$store" "web1/${session##*/}" \
	>"$work/ls.log" || fail 'vmcollectd ls SESSION failed'
grep -q '^bnx2x  *failed  *No such device$' "$work/ls.log" ||
	fail 'the driver that failed is not shown'
grep -q '^hang?  *timeout -$' "$work/ls.log" ||
	fail 'the driver that hangs is not shown'
! grep -q cxgb4 "$work/ls.log" || fail 'the driver that loaded is shown'

"$O/asan/vmcollectd" ls --store "$store" web9 2>/dev/null
[ $? = 66 ] || fail 'a client that never was'
