#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A dump has every page that it says it has, as it was, whatever the codec,
# and nothing else that is wrong with it: kdump-check has the list.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

codecs='zstd:1 zstd:-5 zstd:9 lzo zlib none auto'

# uses CODEC: pages of no other one, and raw pages
uses() {
	cat "$work/figures"
	for each in zlib lzo snappy zstd; do
		case ${1%%:*}:$each in
		auto:lzo | auto:zstd) ;;
		"$each:$each") [ "$(figure "$each")" -gt 1000 ] || return ;;
		*) [ "$(figure "$each")" = 0 ] || return ;;
		esac
	done
	[ "$(figure raw)" -gt 0 ]
}

for kernel in system-kernel system-kernel-6.12; do
	input "$kernel"
	for codec in $codecs; do
		capture ours -d 31 -z "$codec"
		check "$kernel, $codec: vmcapture makes a dump" captured
		check "$kernel, $codec: every page is what it was" whole "$dump"
		check "$kernel, $codec: by that codec" uses "$codec"
		check "$kernel, $codec: zero pages have one place" \
			same "$(figure zero-places)" 1
		rm -rf "$work/ours"
	done
	for level in 0 1 16; do
		capture ours -d "$level" -z lzo
		check "$kernel, level $level: vmcapture makes a dump" captured
		check "$kernel, level $level: every page is what it was" \
			whole "$dump"
		rm -rf "$work/ours"
	done
done
finish
