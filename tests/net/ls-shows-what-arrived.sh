#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcollectd ls: a complete session with its panic, and one that is not.
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
grep -q 'web1.*20260101T000000Z-deadbeef.*incomplete' "$work/ls.log" ||
	fail 'the other session is not shown'
session=$(ls -d "$store"/web1/20260921*)
"$O/asan/vmcollectd" ls --store "$store" "web1/${session##*/}" \
	>"$work/ls.log" || fail 'vmcollectd ls SESSION failed'
for object in session.json vmcore-dmesg.txt vmcore manifest.json; do
	grep -q "$object" "$work/ls.log" || fail "$object is not shown"
done
"$O/asan/vmcollectd" ls --store "$store" web9 2>/dev/null
[ $? = 66 ] || fail 'a client that never was'
