#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each device dump arrives as an object of its own, whatever its name is, and
# in the vmcore; the manifest and vmcollectd ls say so.
set -u
. "${0%/*}/lib.sh"

vmcore=$work/vmcore
{
	echo 'dump cxgb4_0000:02:00.4'
	echo 'fill 3000000 1'
	echo 'dump cxgb4_0000:02:00.4'
	echo 'fill 100 2'
	printf 'dump ../odd/\033[2J\377"name"\n'
	echo 'fill 4032 3'
	echo 'note LINUX 0x700'
	echo 'zero 44'
	echo 'dump last'
	echo 'zero 1000000'
	cat "$here/vmcore.txt"
} >"$work/text"
"$O/test/mkvmcore" "$work/text" "$vmcore" || fail 'no vmcore'

# dump OBJECT NAME OFFSET SIZE: is there, and is that part of the vmcore
dump() {
	tail -c "+$(($3 + 1))" "$vmcore" | head -c "$4" >"$work/want"
	zstd -dcq "$session/device-dumps/$1" >"$work/got" ||
		fail "$1: not a zstd frame"
	cmp "$work/got" "$work/want" || fail "$1: not the dump"
	object=$(sha256sum <"$session/device-dumps/$1")
	sum=$(sha256sum <"$work/got")
	grep -A 12 "\"name\": \"device-dumps/$1\"" "$session/manifest.json" |
		tr -d '\n' | grep -q "\"${object%% *}\".*\"name\": \"$2\".*\
\"size\": $4,.*\"sha256\": \"${sum%% *}\".*\"in_vmcore\": true.*\
\"note_offset\": $(($3 - 64))" || fail "$1: not in the manifest"
	grep -B 2 -A 1 "\"object\": \"device-dumps/$1\"" "$session/session.json" |
		tr -d '\n' | grep -q "\"name\": \"$2\".*\"size\": $4,.*\
\"in_vmcore\": true" || fail "$1: not in session.json"
}

start_server
conf "$port"
capture
expect_status 0
expect_arrived
dump 00-cxgb4_0000:02:00.4.zst cxgb4_0000:02:00.4 4160 3002304
dump 01-cxgb4_0000:02:00.4.zst cxgb4_0000:02:00.4 3006528 4032
dump 02-.._odd___2J__name_.zst '../odd/_\[2J_\\"name\\"' 3010624 4032
dump 03-unnamed.zst '' 3014720 0
dump 04-last.zst last 3014784 1003392
[ "$(find "$session/device-dumps" -type f | wc -l)" = 5 ] ||
	fail 'not five objects'
zstd -lv "$session/device-dumps/00-cxgb4_0000:02:00.4.zst" 2>&1 |
	grep -q 'Check: XXH64' || fail 'a frame without a checksum'
[ "$(grep -c '"device_dump": {' "$session/manifest.json")" = 5 ] ||
	fail 'the manifest calls something else a device dump'
[ "$(figure n_device_dumps)" = 5 ] || fail 'the manifest counts others'

# First the log, then the dumps, then the vmcore.
sed -n 's/.*: \(.*\): [0-9]* bytes sent$/\1/p' "$work/capture.log" |
	tr '\n' ' ' >"$work/order"
grep -q '^session.json vmcore-dmesg.txt device-dumps/00-.* device-dumps/04-last.zst vmcore ' \
	"$work/order" || fail "the order is $(cat "$work/order")"

"$O/asan/vmcollectd" ls --store "$store" >"$work/ls.log"
grep -q ' complete  *9  *5 ' "$work/ls.log" || fail 'ls does not count 5 dumps'
rm "$session/device-dumps/04-last.zst"
"$O/asan/vmcollectd" ls --store "$store" >"$work/ls.log"
grep -q ' complete  *8  *4/5 ' "$work/ls.log" || fail 'ls does not miss one'
"$O/asan/vmcollectd" ls --store "$store" "web1/${session##*/}" >"$work/ls.log"
grep -q '^cxgb4_0000:02:00.4  *2.9M yes  *device-dumps/00-cxgb4_0000:02:00.4.zst$' \
	"$work/ls.log" || fail 'ls does not show the first dump'
grep -q '^\.\./odd/_\[2J_.*device-dumps/02-' "$work/ls.log" ||
	fail 'ls does not show the third dump'
