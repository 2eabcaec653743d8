#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong offsets, lengths, types, methods and versions of the protocol: 4xx with
# one line, and the upload stays as it was.
set -u
. "${0%/*}/lib.sh"

start_server
printf 12345678 >"$work/body"
: >"$work/empty"
at=/files/web1/s1/o1
create s1 o1
expect_code 201
patch $at 0 "$work/body"
expect_code 204

for offset in 0 7 9 9223372036854775807; do
	patch $at $offset "$work/body"
	expect_code 409
done
for offset in -1 x 1x 9223372036854775808 99999999999999999999; do
	patch $at $offset "$work/body"
	expect_code 400
done
tus PATCH $at -H 'Content-Type: application/offset+octet-stream' \
	--data-binary "@$work/body"
expect_code 400
tus PATCH $at -H 'Upload-Offset: 8' --data-binary "@$work/body"
expect_code 415
patch $at 8 "$work/body" -H 'Upload-Length: 9'
expect_code 413
patch $at 8 "$work/empty" -H 'Upload-Length: 7'
expect_code 400
patch $at 8 "$work/body" -H 'Transfer-Encoding: chunked'
expect_code 411
patch $at 8 "$work/body" -H 'Upload-Checksum: sha1 AAAA'
expect_code 400
tus PUT $at --data-binary "@$work/body"
expect_code 405
tus GET $at
expect_code 405
patch /files/web1/s1/none 0 "$work/body"
expect_code 404
tus POST /files -H 'Upload-Defer-Length: 1'
expect_code 400
tus POST /files -H 'Upload-Defer-Length: 1' -H "Upload-Metadata: \
session czE=,object bzI=,note $(printf '%01100d' 0)"
expect_code 400
create s1 o2 wrong
expect_code 400
create s1 o2 stream -H 'Upload-Length: 5'
expect_code 400
version=0.2.2
patch $at 8 "$work/body"
expect_code 412

cmp "$work/body" "$store/web1/s1/o1.incomplete" || fail 'it was changed'
[ "$(find "$store" -type f ! -name '.*' | wc -l)" = 1 ] ||
	fail "stored: $(find "$store")"
