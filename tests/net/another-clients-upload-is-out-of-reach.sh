#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client neither reads nor changes what belongs to another one.
set -u
. "${0%/*}/lib.sh"

start_server
echo secret >"$work/body"
create s1 o1
expect_code 201
patch /files/web1/s1/o1 0 "$work/body"
expect_code 204

cp "$work/web2.pem" "$work/web1.pem"
cp "$work/web2.key" "$work/web1.key"
patch /files/web1/s1/o1 7 "$work/body"
expect_code 403
tus HEAD /files/web1/s1/o1
[ "$code" = 403 ] || fail "HEAD: $code"
tus DELETE /files/web1/s1/o1
expect_code 403
cmp "$work/body" "$store/web1/s1/o1.incomplete" || fail 'it was changed'
# The same names are another object, below the client's own name.
create s1 o1
expect_code 201
grep -qi '^Location: /files/web2/s1/o1' "$work/headers" ||
	fail "another place: $(cat "$work/headers")"
