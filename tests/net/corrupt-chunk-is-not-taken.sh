#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A chunk with another digest gets 460 and changes nothing; the same bytes with
# the right one are taken.
set -u
. "${0%/*}/lib.sh"

start_server
at=/files/web1/s1/o1
head -c 100000 /dev/urandom >"$work/body"
head -c 100000 /dev/urandom >"$work/other"
sum() {
	openssl dgst -sha256 -binary "$1" | base64 -w0
}
create s1 o1
expect_code 201
patch $at 0 "$work/body" -H "Upload-Checksum: sha256 $(sum "$work/other")"
expect_code 460
tus HEAD $at
grep -qi '^Upload-Offset: 0' "$work/headers" || fail 'the offset moved'
[ ! -s "$store/web1/s1/o1.incomplete" ] || fail 'it was changed'
patch $at 0 "$work/body" -H "Upload-Checksum: sha256 $(sum "$work/body")"
expect_code 204
cmp "$work/body" "$store/web1/s1/o1.incomplete" || fail 'other bytes'
