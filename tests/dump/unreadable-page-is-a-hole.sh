#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A page of the vmcore cannot be read.  It is a hole in the dump, counted; all
# others are there.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input
# The fault is put in where a program that is linked dynamically calls libc.
dynamic=$O/host/vmcapture
vmcapture=$dynamic
export BAD_FILE="$vmcore" BAD_OFFSET=0

# place WHAT NUMBER: BAD_OFFSET is there
place() {
	BAD_OFFSET=$("$dump_tests/damage.py" "$vmcore" "$vmlinux" "$@") ||
		die "no $*"
	BAD_OFFSET=${BAD_OFFSET% *}
}

with_fault() {
	LD_PRELOAD=$(realpath "$O/test/bad-page.so") "$dynamic" "$@"
}

capture whole -d 31 -z lzo
check "vmcapture makes a dump where all can be read" captured
check "it has nothing unreadable" same "$(manifest vmcore.unreadable_bytes)" 0
whole=$dump
whole "$whole" >/dev/null
pages=$(figure pages)

vmcapture=with_fault
for threads in 1 2; do
	place task 1
	capture holes -d 31 -z lzo -j "$threads"
	check "-j $threads: vmcapture makes a dump without a page" captured
	check "-j $threads: one is missing, every other is what it was" \
		whole "$dump" -m 1
	check "-j $threads: it knows of as many" same "$(figure pages)" "$pages"
	check "-j $threads: the manifest counts it" \
		same "$(manifest vmcore.unreadable_bytes)" 4096
done

# 64 struct pages, of which the section's first pages are.  When the first one
# begins a free block, only it tells so of the block, which has up to 2^10 pages.
section=5
keeps_a_block() {
	for pages in 64 128 256 512 1024; do
		kdump_check -c "$whole" "$dump" $((section * 32768)) \
			$((section * 32768 + pages)) && return
	done
	return 1
}

place pages $section
capture holes -d 31 -z lzo
check "vmcapture makes a dump without some struct pages" captured
check "without those it has every page as it was" whole "$dump" -m 1
check "the pages are kept that they are of" keeps_a_block
finish
