#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is complete stays: no second POST, no PATCH, no DELETE; and after the
# manifest nothing is added to the session.
set -u
. "${0%/*}/lib.sh"

start_server
at=/files/web1/s1/o1
echo first >"$work/body"
echo later >"$work/other"
create s1 o1
expect_code 201
patch $at 0 "$work/body" -H 'Upload-Length: 6'
expect_code 204

create s1 o1
expect_code 409
patch $at 0 "$work/other"
expect_code 409
patch $at 6 "$work/other"
[ "${code%??}" = 4 ] || fail "PATCH behind the end: $code"
tus DELETE $at
expect_code 403
create s1 manifest.json
expect_code 201
patch /files/web1/s1/manifest.json 0 "$work/body" -H 'Upload-Length: 6'
expect_code 204
create s1 o2
expect_code 409
cmp "$work/body" "$store/web1/s1/o1" || fail 'it was changed'

# Not by the server's next life either.
kill_server
start_server
create s1 o1
expect_code 409
cmp "$work/body" "$store/web1/s1/o1" || fail 'it was changed'
