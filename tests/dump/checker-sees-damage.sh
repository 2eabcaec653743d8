#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The checkers themselves: what makedumpfile writes passes, and one byte that
# is changed, wherever it is, does not.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

command -v makedumpfile >/dev/null || skip 'no makedumpfile'
input

# number OFFSET LENGTH: of the file, little endian
number() {
	od -An -t"u$2" -j "$1" -N "$2" "$other" | tr -d ' '
}

# flip OFFSET: the lowest bit of a byte
flip() {
	byte=$(od -An -tu1 -j "$1" -N 1 "$other" | tr -d ' ')
	printf '%b' "\\0$(printf %o $((byte ^ 1)))" |
		dd of="$other" bs=1 seek="$1" conv=notrunc status=none
}

# seen WHAT OFFSET [COMMAND...]: the change is an error; it is undone
seen() {
	what=$1 at=$2
	shift 2
	[ $# -gt 0 ] || set -- whole "$other"
	flip "$at"
	check "a byte changed in $what is seen" fails "$@"
	flip "$at"
}

for options in '-d 0 -l' '-d 1' '-d 16 -l' '-d 31 -c' '-d 31 -l'; do
	# shellcheck disable=SC2086 # these are options
	reference kdump $options
	check "a file of makedumpfile $options passes" whole "$other"
done

# The last one, piece by piece.
bitmap1=$((4096 * (1 + $(number 432 4))))
bitmap_len=$(($(number 436 4) * 4096 / 2))
bitmap2=$((bitmap1 + bitmap_len))
table=$((bitmap2 + bitmap_len))
# The page in the middle, whose number in the table has no meaning here.
desc=$((table + 24 * ($(figure pages) / 2)))
data=$(number $desc 8)
notes=$(number $((4096 + 48)) 8)

seen 'the signature' 0
seen 'header_version' 8
seen 'utsname.sysname' 12
seen 'utsname.release' 142
seen 'the microseconds' 423
seen 'status' 425
seen 'block_size' 429
seen 'sub_hdr_size' 432
seen 'bitmap_blocks' 436
seen 'max_mapnr' 440
seen 'nr_cpus' 460
seen 'the rest of the block' 4095
seen 'phys_base' $((4096 + 2))
seen 'dump_level' $((4096 + 9))
seen 'split' $((4096 + 12))
seen 'offset_vmcoreinfo' $((4096 + 32))
seen 'size_vmcoreinfo' $((4096 + 40))
seen 'offset_note' $((4096 + 48))
seen 'size_note' $((4096 + 56))
seen 'max_mapnr_64' $((4096 + 96))
seen 'the first note' "$notes"
seen 'the end of the notes' $((notes + $(number $((4096 + 56)) 8) - 1))
seen 'bitmap 1' $((bitmap1 + 4096))
seen 'the end of bitmap 1' $((bitmap2 - 1))
seen 'bitmap 2' $((bitmap2 + 4096))
seen 'the offset of a page' "$desc"
seen 'the size of a page' $((desc + 8))
seen 'the flags of a page' $((desc + 12))
seen 'page_flags of a page' $((desc + 16))
seen 'a page' $((data + 20))
seen 'the zero page' $((table + $(figure pages) * 24 + 100))
check "and whole again it passes" whole "$other"

cp "$other" "$work/copy"
check "two files with the same bitmaps are the same" \
	kdump_check -c "$work/copy" "$other"
seen 'bitmap 2, compared,' $((bitmap2 + 4096)) \
	kdump_check -c "$work/copy" "$other"
seen 'bitmap 1, compared,' $((bitmap1 + 4096)) \
	kdump_check -c "$work/copy" "$other"

elf_check() {
	"$O/test/elf-check" "$1" "$vmcore" "$work/copy"
}

reference elf -E -d 31
check "an ELF file of makedumpfile passes" elf_check "$other"
# Its last PT_LOAD that has bytes.
phdr=$((64 + 56 * $(number 56 2)))
filesz=0
while [ "$filesz" = 0 ]; do
	phdr=$((phdr - 56))
	filesz=$(number $((phdr + 32)) 8)
done
seen 'the type of the ELF file' 16 elf_check "$other"
seen 'its notes' $(($(number $((64 + 8)) 8) + 1)) elf_check "$other"
seen 'p_offset of a PT_LOAD' $((phdr + 9)) elf_check "$other"
seen 'p_vaddr of a PT_LOAD' $((phdr + 18)) elf_check "$other"
seen 'p_paddr of a PT_LOAD' $((phdr + 26)) elf_check "$other"
seen 'p_filesz of a PT_LOAD' $((phdr + 33)) elf_check "$other"
seen 'p_memsz of a PT_LOAD' $((phdr + 42)) elf_check "$other"
seen 'a page of the ELF file' $(($(number $((phdr + 8)) 8) + 5)) \
	elf_check "$other"
finish
