#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Flattened objects: not the format, a record that ends beyond max_object,
# negative offsets, bytes behind the end mark, an end without its mark.
set -u
. "${0%/*}/lib.sh"

echo 'max_object 1M' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
at=/files/web1/s1/o1

# be64 NUMBER...: as the records have them
be64() {
	for v; do
		printf '%016x' "$v" | sed 's/../\\x&/g' | xargs -0 printf %b
	done
}
header() {
	printf makedumpfile
	printf '\0\0\0\0'
	be64 1 1
	head -c $((4096 - 32)) /dev/zero
}
header >"$work/header"
size=4096

create s1 o1 flat
expect_code 201
head -c 4096 /dev/urandom >"$work/body"
patch $at 0 "$work/body"
expect_code 400
patch $at 0 "$work/header"
expect_code 204

be64 1048570 8 >"$work/body"
patch $at $size "$work/body"
expect_code 413
be64 0 1048577 >"$work/body"
patch $at $size "$work/body"
expect_code 413
be64 0x7ffffffffffffff0 32 >"$work/body"
patch $at $size "$work/body"
[ "${code%?}" = 41 ] || [ "$code" = 400 ] || fail "a sum that wraps: $code"
be64 -16 8 >"$work/body"
patch $at $size "$work/body"
expect_code 400
be64 0 -8 >"$work/body"
patch $at $size "$work/body"
expect_code 400
{ be64 -1 -1 && echo behind; } >"$work/body"
patch $at $size "$work/body"
expect_code 400
{ be64 8 5 && printf hello; } >"$work/body"
patch $at $size "$work/body" -H "Upload-Length: $((size + 21))"
expect_code 400
[ ! -s "$store/web1/s1/o1.incomplete" ] || fail 'something was laid out'
tus HEAD $at
grep -qi "^Upload-Offset: $size" "$work/headers" || fail 'the offset moved'

{ be64 8 5 && printf hello && be64 -1 -1; } >"$work/body"
patch $at $size "$work/body" -H "Upload-Length: $((size + 37))"
expect_code 204
printf '\0\0\0\0\0\0\0\0hello' | cmp - "$store/web1/s1/o1" ||
	fail 'other bytes'
