#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An ELF file with a level: the PT_LOADs are pieces of the vmcore's, and what
# is left out is behind their p_filesz.  It has all pages that the kdump format
# would have, crash and drgn open it, and makedumpfile filters it again to the
# same size.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input

elf_check() {
	"$O/test/elf-check" "$dump" "$vmcore" "$kdump" >"$work/figures"
	result=$?
	cat "$work/figures"
	return "$result"
}

# few_more: the kernel's text is whole, and gaps that are not worth a PT_LOAD
few_more() {
	echo "$(figure unwanted) of $(figure written)"
	[ $(($(figure unwanted) * 5)) -le "$(figure written)" ]
}

tasks() {
	"$dump_tests/list-tasks.py" "$1" "$vmlinux" >"$work/tasks" &&
		cmp "$work/tasks" "$work/tasks.wanted"
}

# When makedumpfile 1.7.2 maps the file, it takes pages behind a gap from the
# place where they would be without it.
filters_again() {
	rm -f "$work/again"
	makedumpfile --non-mmap -d 31 -l "$dump" "$work/again" \
		>"$work/again.log" 2>&1 || tail -n 5 "$work/again.log"
	same "$(stat -c %s "$work/again")" "$(stat -c %s "$other")"
}

"$dump_tests/list-tasks.py" "$vmcore" "$vmlinux" >"$work/tasks.wanted"
capture kdump -d 31 -z none
check "vmcapture makes a kdump file" captured
kdump=$dump
capture elf -d 31 -f elf
check "vmcapture makes an ELF file" captured
check "it has every page of the kdump file, as it was" elf_check
check "it has few others" few_more
check "drgn lists all tasks" tasks "$dump"
in_crash "$dump" bt log >"$work/crash.log"
check "crash shows the stack of the panic and the log" panicked
reference theirs -d 31 -l
check "makedumpfile filters it again to the same size" filters_again
rm -rf "$work/elf" "$work/kdump"

capture elf -d 0 -f elf
check "vmcapture makes an ELF file of level 0" captured
check "it is the vmcore, byte for byte" cmp "$dump" "$vmcore"
finish
