#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is no whole vmcore is refused with status 65 and one line that says
# why, before anything is made at the target.

set -u
cd "${0%/*}/../.." || exit 1
O=${O:-build}
n=0 failed=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# refused WHAT: $scratch/vmcore is
refused() {
	n=$((n + 1))
	"$O/asan/vmcapture" -i "$scratch/vmcore" -t "file://$scratch/store" \
		2>"$scratch/log"
	status=$?
	if [ "$status" -eq 65 ] && [ ! -e "$scratch/store" ] &&
		[ "$(grep -c ': ' "$scratch/log")" -eq 1 ]; then
		echo "ok $n - $1"
	else
		failed=1
		echo "not ok $n - $1 (status $status)"
		sed 's/^/# /' "$scratch/log"
	fi
}

# make_vmcore DIRECTIVE...
make_vmcore() {
	printf '%s\n' "$@" >"$scratch/text"
	"$O/test/mkvmcore" "$scratch/text" "$scratch/vmcore" || exit 1
}

# spoilt WHAT DIRECTIVE...: a vmcore that is good but for the last lines
spoilt() {
	what=$1
	shift
	make_vmcore 'note VMCOREINFO 0' 'line OSRELEASE=6.1.0' \
		'load 0xffffffff81000000 0x1000000' 'fill 8192 7' "$@"
	refused "$what"
}

# spoilt_note WHAT DIRECTIVE
spoilt_note() {
	make_vmcore 'note LINUX 0x700' 'text abcd' "$2" \
		'load 0xffffffff81000000 0x1000000' 'fill 8192 7'
	refused "$1"
}

echo 'this is a text file' >"$scratch/vmcore"
refused 'a text file'
: >"$scratch/vmcore"
refused 'an empty file'
head -c 4096 /dev/zero >"$scratch/vmcore"
refused 'zeros'
cp "$O/asan/vmcapture" "$scratch/vmcore"
refused 'a program'
spoilt 'a vmcore of 32 bits' 'ehdr class 1'
spoilt 'a vmcore of another machine' 'ehdr machine 8'
spoilt 'a vmcore without PT_LOAD' 'phdr type 1879048192'
spoilt 'a vmcore without program headers' 'ehdr phnum 0'
spoilt 'a vmcore that lacks its last byte' 'cut -1'
spoilt 'a vmcore that is cut in its header' 'cut 63'
spoilt 'a vmcore that is cut in its program headers' 'cut 100'
spoilt 'a segment that is longer than the file' 'phdr filesz 8193'
spoilt 'a segment that wraps' 'phdr filesz 0xfffffffffffffff0'
spoilt_note 'a note whose descriptor overruns' 'nhdr descsz 65536'
spoilt_note 'a note whose name overruns' 'nhdr namesz 0xffffffff'

echo "1..$n"
exit "$failed"
