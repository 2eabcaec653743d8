#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcollectd verify: all is well, then one byte of the vmcore is not, then the
# log is gone; and a session that is not complete.
set -u
. "${0%/*}/lib.sh"

verify() {
	"$O/asan/vmcollectd" verify --store "$store" "$@" >"$work/verify.log" 2>&1
	code=$?
}

expect() {
	[ "$code" = "$1" ] || fail "exited with $code, not $1"
	grep -q "$2" "$work/verify.log" || fail "not printed: $2"
}

verify
[ "$code" = 0 ] || fail "an empty store: $code"
start_server
conf "$port"
capture
expect_status 0
find_session web1
for object in session.json vmcore-dmesg.txt vmcore; do
	verify
	expect 0 "^web1/${session##*/}/$object: ok$"
done
[ "$(wc -l <"$work/verify.log")" = 3 ] || fail 'not one line each'

printf 'x' | dd of="$session/vmcore" bs=1 seek=1234567 conv=notrunc 2>/dev/null
verify web1
expect 65 "^web1/${session##*/}/vmcore: damaged: not the SHA-256$"
expect 65 "^web1/${session##*/}/session.json: ok$"
rm "$session/vmcore-dmesg.txt"
verify "web1/${session##*/}"
expect 65 "vmcore-dmesg.txt: missing: No such file"
verify web2
expect 66 web2

# A kdump-compressed one has digests of its parts: the byte is in the data.
rm -r "$session"
conf "$port" 'format kdump' 'compression none'
capture
expect_status 0
find_session web1
verify
expect 0 "^web1/${session##*/}/vmcore: ok$"
size=$(stat -c %s "$session/vmcore")
printf 'x' | dd of="$session/vmcore" bs=1 seek=$((size - 5000)) conv=notrunc \
	2>/dev/null
verify
expect 65 "/vmcore: damaged: [0-9]* bytes at [1-9][0-9]*: not the SHA-256$"
[ "$(grep -c damaged "$work/verify.log")" = 1 ] || fail 'not one part'

rm -r "$session"
create 20260101T000000Z-deadbeef vmcore flat
expect_code 201
verify
expect 75 '20260101T000000Z-deadbeef: incomplete'
verify a b
expect 64 usage
[ ! -e /dev/full ] || {
	"$O/asan/vmcollectd" verify --store "$store" >/dev/full 2>/dev/null
	[ $? = 74 ] || fail 'a full disk for the output is not seen'
}
