#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The struct pages of a section cannot be found: because its entry of
# mem_section[] is damaged, or that of the page tables.  The dump is made, with
# all pages of that section and the same others as before.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input
stock=$vmcore
section=5 # of 128 MiB; filtered to some part, as the first check says
first=$((section * 32768))
end=$((first + 32768))

# put OFFSET BYTES: into the copy of the vmcore
put() {
	printf '%b' "$2" |
		dd of="$vmcore" bs=1 seek="$1" conv=notrunc status=none
}

# octal NUMBER: its eight bytes, as printf takes them
octal() {
	for bits in 0 8 16 24 32 40 48 56; do
		printf '\\0%o' $((($1 >> bits) & 255))
	done
}

only_the_section_is_kept() {
	kdump_check -c "$work/whole/"*/vmcore "$dump" $first $end
}

# counted: the pages of the section, as those that nothing is known of
counted() {
	cat "$session/manifest.json"
	no_section=$(manifest vmcore.filter.no_section)
	unreadable=$(manifest vmcore.filter.unreadable)
	[ $((no_section + unreadable)) = 32768 ]
}

capture whole -d 31 -z lzo
check "vmcapture makes a dump of what is not damaged" captured
check "there, pages of section $section are left out" \
	fails kdump_check -c "$dump" "$dump" $first $end

vmcore=$work/vmcore
cp --sparse=always --reflink=auto "$stock" "$vmcore" || die 'no copy'
nowhere=$((0x0003ffffff000003)) # present, at an address without memory
for what in section vmemmap; do
	place=$("$dump_tests/damage.py" "$stock" "$vmlinux" "$what" $section) ||
		die "no entry of $what"
	for value in 0 $nowhere; do
		put "${place% *}" "$(octal "$value")"
		capture damaged -d 31 -z lzo
		check "$what $value: vmcapture makes a dump" captured
		check "$what $value: every page is what it was" whole "$dump"
		check "$what $value: only that section is kept whole" \
			only_the_section_is_kept
		check "$what $value: the manifest counts its pages" counted
		rm -rf "$work/damaged"
	done
	put "${place% *}" "$(octal "${place#* }")"
done
check "the copy is whole again" cmp "$stock" "$vmcore"
finish
