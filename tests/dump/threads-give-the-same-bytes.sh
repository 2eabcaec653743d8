#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How many threads there are does not show in the dump.  Its time does not
# either: it is the crash's.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input
for codec in zstd:1 zstd:-5 lzo zlib none; do
	capture one -d 31 -z "$codec" -j 1
	check "$codec: vmcapture makes a dump with one thread" captured
	one=$dump
	for threads in 2 3; do
		capture more -d 31 -z "$codec" -j "$threads"
		check "$codec: and with $threads" captured
		check "$codec: they are the same, byte for byte" \
			cmp "$one" "$dump"
	done
	rm -rf "$work/one" "$work/more"
done
finish
