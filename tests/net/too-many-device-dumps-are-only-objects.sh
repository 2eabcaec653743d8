#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# crash takes 64 device dumps, crash and makedumpfile less than 2 GiB of notes:
# what is beyond is not in the vmcore, but an object all the same.
set -u
. "${0%/*}/lib.sh"

vmcapture=$O/host/vmcapture # 2 GiB, so the fastest digest

# send TARGET: sets $session
send() {
	"$O/test/mkvmcore" "$work/text" "$work/vmcore" || fail 'no vmcore'
	"$vmcapture" -c /dev/null -f elf -d 0 -i "$work/vmcore" -t "file://$work/$1" \
		2>>"$work/capture.log" || fail 'vmcapture failed'
	session=$(echo "$work/$1"/*)
}

# count FILE WORD
count() {
	grep -c "$2" "$1"
}

# The memory, and the log in it, are where the headers say.
expect_memory() {
	"$vmcapture" -c /dev/null -f elf -d 0 -i "$session/vmcore" -t "file://$work/again" \
		2>>"$work/capture.log" || fail 'the vmcore cannot be read'
	cmp "$work/again"/*/vmcore "$session/vmcore" ||
		fail 'the vmcore is not the same when it is sent again'
	cmp "$work/again"/*/vmcore-dmesg.txt "$session/vmcore-dmesg.txt" ||
		fail 'the log is not where it was'
	rm -r "$work/again"
}

for i in $(seq 70); do
	printf 'dump d%d\nfill 5000 %d\n' "$i" "$i"
done | cat - "$here/vmcore.txt" >"$work/text"
send many
[ "$(find "$session/device-dumps" -type f | wc -l)" = 70 ] ||
	fail 'not 70 objects'
readelf -nW "$session/vmcore" | cut -c 1-80 >"$work/notes" 2>&1
[ "$(count "$work/notes" '0x00001fec.*0x00000700')" = 64 ] ||
	fail 'not 64 notes in the vmcore'
grep -q 'NT_PRSTATUS' "$work/notes" || fail 'no PRSTATUS'
grep -q 'VMCOREINFO' "$work/notes" || fail 'no VMCOREINFO'
for file in session.json manifest.json; do
	[ "$(count "$session/$file" '"in_vmcore": true')" = 64 ] &&
		[ "$(count "$session/$file" '"in_vmcore": false')" = 6 ] ||
		fail "$file counts others"
done
[ "$(count "$work/capture.log" '6 of 70 device dumps, the first of them number 64')" = 1 ] ||
	fail 'it is not logged once'
zstd -dcq "$session/device-dumps/69-d70.zst" >"$work/got"
cmp -n 8128 -i "0:$((4096 + 69 * 8192 + 64))" "$work/got" "$work/vmcore" ||
	fail 'the last dump differs'
# From the first byte that is not a device dump on, 6 * 8192 bytes earlier.
tail -c "+$((4096 + 70 * 8192 + 1))" "$work/vmcore" >"$work/rest"
tail -c "+$((4096 + 64 * 8192 + 1))" "$session/vmcore" |
	cmp - "$work/rest" || fail 'the rest of the vmcore differs'
expect_memory

# 2.25 GiB of notes that take no space: 1.5 GiB, 0.75 GiB, a page.
{
	printf '%s\n' 'dump a' 'hole 1610612736' 'fill 4032 1' \
		'dump b' 'fill 4032 2' 'hole 805306368' 'dump c' 'text tiny'
	cat "$here/vmcore.txt"
} >"$work/text"
send huge
expect_log '1 of 3 device dumps, the first of them number 1,'
readelf -lW "$session/vmcore" >"$work/phdrs"
grep -q 'NOTE  *0x001000 .* 0x600024' "$work/phdrs" ||
	fail 'PT_NOTE has another size'
b=$((4096 + 1610616832))
tail -c "+$((b + 805310464 + 1))" "$work/vmcore" >"$work/rest"
tail -c "+$((b + 1))" "$session/vmcore" | cmp - "$work/rest" ||
	fail 'the rest of the vmcore differs'
head -c 4096 /dev/zero | cmp -n 4096 -i "0:$((b - 8192 - 4096))" - \
	"$session/vmcore" || fail 'the first dump differs'
for object in 00-a.zst 01-b.zst 02-c.zst; do
	[ -s "$session/device-dumps/$object" ] || fail "no $object"
done
zstd -dcq "$session/device-dumps/01-b.zst" | head -c 4032 >"$work/got"
cmp -n 4032 -i "0:$((b + 64))" "$work/got" "$work/vmcore" ||
	fail 'the dump that was left out differs'
[ "$(count "$session/manifest.json" '"in_vmcore": false')" = 1 ] ||
	fail 'the manifest counts others'
