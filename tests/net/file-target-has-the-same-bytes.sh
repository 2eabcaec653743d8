#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A file target gets a whole session: the vmcore byte for byte, with holes,
# and a manifest that says so.  What fails on the way has its exit status.

# shellcheck disable=SC2317 # functions that are called by ok
set -u
cd "${0%/*}/../.." || exit 1
O=${O:-build}
n=0 failed=0
scratch=$(mktemp -d) || exit 1
trap 'umount "$scratch/small" 2>/dev/null; rm -rf "$scratch"' EXIT
store=$scratch/store

# ok WHAT COMMAND...
ok() {
	n=$((n + 1))
	what=$1
	shift
	if "$@" >"$scratch/out" 2>&1; then
		echo "ok $n - $what"
	else
		failed=1
		echo "not ok $n - $what"
		tail -n 20 "$scratch/out" "$scratch/log" | sed 's/^/# /'
	fi
}

# run STATUS OPTION...: vmcapture ends with this status
run() {
	expected=$1
	shift
	"$O/asan/vmcapture" -c /dev/null -f elf -d 0 "$@" 2>"$scratch/log"
	[ $? -eq "$expected" ]
}

make_vmcore() {
	printf '%s\n' "$@" >"$scratch/text"
	"$O/test/mkvmcore" "$scratch/text" "$scratch/vmcore" || exit 1
}

# The digest that the manifest has for an object, and the file's own.
digests_match() {
	for name in session.json vmcore-dmesg.txt vmcore; do
		sum=$(sha256sum "$store"/*/"$name" | cut -d ' ' -f 1)
		grep -A 2 "\"name\": \"$name\"" "$store"/*/manifest.json |
			grep -q "\"$sum\"" || return 1
	done
}

# No more blocks than the three parts with content and what is before them.
has_holes() {
	[ "$(du -k "$store"/*/vmcore | cut -f 1)" -lt 1024 ]
}

is_json() {
	if command -v python3 >/dev/null; then
		for file in "$store"/*/*.json; do
			python3 -m json.tool "$file" || return 1
		done
	fi
}

make_vmcore 'note VMCOREINFO 0' 'info uts' 'info ring' \
	'load 0xffffffff81000000 0x1000000' 'uts db-07 6.1.0 x86_64' \
	'log ring 4 12' 'record 1.5 hello' 'align 4096' 'zero 6291456' \
	'fill 4096 1' 'zero 4194305' 'fill 70000 2' 'zero 123456'
ok 'vmcapture ends with 0' run 0 -i "$scratch/vmcore" -t "file://$store"
ok 'the vmcore is the same' cmp "$scratch/vmcore" "$store"/*/vmcore
ok 'zeros are holes' has_holes
ok 'the log of the crashed kernel is there' \
	grep -q '^\[    1.500000\] hello$' "$store"/*/vmcore-dmesg.txt
ok 'the machine has its name' grep -q '"host": "db-07"' "$store"/*/session.json
ok 'the digests of the manifest are right' digests_match
ok 'session and manifest are JSON' is_json
ok 'nothing is missing' grep -q '"missing": \[\]' "$store"/*/manifest.json
ok 'this machine'\''s log is not sent' test ! -e "$store"/*/kexec-dmesg.log

# The segment ends inside the log's text: the first records are there, and so
# many are not that the reader gives up.
rm -rf "$store"
make_vmcore 'note VMCOREINFO 0' 'info uts' 'info ring' \
	'load 0xffffffff81000000 0x1000000' 'uts db-07 6.1.0 x86_64' \
	'log ring 13 18' "$(seq 6000 | sed 's/.*/record &.5 line &/')" \
	'phdr filesz 930000'
ok 'a log that breaks off does not stop the vmcore' run 0 \
	-i "$scratch/vmcore" -t "file://$store"
ok 'it is the same as far as its headers say' cmp \
	-n "$(stat -c %s "$store"/*/vmcore)" "$scratch/vmcore" "$store"/*/vmcore
ok 'what there is of the log arrives' \
	grep -q 'line 9$' "$store"/*/vmcore-dmesg.txt
ok 'the manifest says that it ends early' \
	grep -q '"reason": "Bad address"' "$store"/*/manifest.json

rm -rf "$store"
make_vmcore 'load 0xffffffff81000000 0x1000000' 'fill 8192 1'
ok 'a vmcore without a log is sent' run 0 -i "$scratch/vmcore" \
	-t "file://$store"
ok 'it is the same' cmp "$scratch/vmcore" "$store"/*/vmcore
ok 'the manifest misses the log' grep -q '"name": "vmcore-dmesg.txt"' \
	"$store"/*/manifest.json
ok 'nothing is left of the log' test ! -e "$store"/*/vmcore-dmesg.txt*

rm -rf "$store"
ok 'a target that cannot be used is 69' run 69 -i "$scratch/vmcore" \
	-t file:///dev/null/store
ok 'the next target is tried' run 0 -i "$scratch/vmcore" \
	-t file:///dev/null/store -t "file://$store" -t file:///dev/null/other
ok 'it has the vmcore' cmp "$scratch/vmcore" "$store"/*/vmcore
ok 'no vmcore is 66' run 66 -i "$scratch/none" -t "file://$store"
ok 'no target is 78' run 78 -i "$scratch/vmcore"
ok 'a bad URL is 64' run 64 -t http://localhost/
ok 'a bad format is 64' run 64 -f raw -t "file://$store"
ok 'a bad configuration is 78' run 78 -c "$scratch/text" -t "file://$store"
echo "file $store" >"$scratch/capture.conf"
ok 'a good configuration is 0' run 0 --check -c "$scratch/capture.conf"

# The target's disk is full in the middle of the vmcore: for good, and until
# somebody makes room.
if mkdir "$scratch/small" &&
	mount -t tmpfs -o size=264k none "$scratch/small" 2>/dev/null; then
	make_vmcore 'load 0xffffffff81000000 0x1000000' 'fill 200000 1'
	head -c 200000 /dev/zero >"$scratch/small/ballast"
	printf '%s\n' 'stall_timeout 2' 'deadline 6' >"$scratch/capture.conf"
	ok 'a full disk is 69' run 69 -i "$scratch/vmcore" \
		-c "$scratch/capture.conf" -t "file://$scratch/small"
	ok 'the vmcore there is incomplete' \
		test -e "$scratch"/small/*/vmcore.incomplete
	ok 'there is no manifest' test ! -e "$scratch"/small/*/manifest.json
	rm -rf "$scratch"/small/*Z-*
	(
		sleep 3
		rm "$scratch/small/ballast"
	) &
	ok 'a disk that is full for a while is waited for' run 0 \
		-i "$scratch/vmcore" -t "file://$scratch/small"
	ok 'it was full' grep -q 'No space left' "$scratch/log"
	ok 'the vmcore is the same' \
		cmp "$scratch/vmcore" "$scratch"/small/*/vmcore
fi

echo "1..$n"
exit "$failed"
