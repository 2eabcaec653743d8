#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# manifest.json says of how many pages of each class a dump was made, and
# bitmap 2 has as many as were kept: both as drgn counts them by what the
# kernel's debug info says of struct page.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

# counted CLASS: by drgn
counted() {
	sed -n "s/^$1 //p" "$work/counts"
}

# classes: each one that drgn counts is that of the manifest
classes() {
	while read -r class number; do
		[ "$class" != frames ] || continue
		said=$(manifest "vmcore.filter.$class")
		echo "$class: $number, manifest $said"
		[ "$said" = "$number" ] || return
	done <"$work/counts"
}

for kernel in system-kernel system-kernel-6.12; do
	input "$kernel"
	check "drgn counts the pages of $kernel" \
		sh -c '"$@" >"$0"' "$work/counts" \
		"$dump_tests/count-pages.py" "$vmcore" "$vmlinux"
	for class in free cache cache_private user; do
		check "$kernel has pages of class $class" \
			test "$(counted $class)" -gt 0
	done
	capture ours -d 31 -z lzo
	check "vmcapture makes a dump of $kernel" captured
	check "$kernel: the classes are counted right" classes
	check "$kernel: the dump is whole" whole "$dump"
	check "$kernel: it has the pages that were kept" \
		same "$(counted kept)" "$(figure pages)"
	check "$kernel: the manifest says so" \
		same "$(counted kept)" "$(manifest vmcore.pages.kept)"
	rm -rf "$work/ours"
done
finish
