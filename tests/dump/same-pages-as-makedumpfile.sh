#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Both bitmaps are, page by page, those that makedumpfile 1.7.2 writes for a
# 6.1 kernel.  Other versions are wrong about other kernels.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

makedumpfile_or_skip 1.7.2
input

for level in 0 1 2 4 8 16 31; do
	capture ours -d "$level" -z lzo
	check "vmcapture makes a dump of level $level" captured
	reference theirs -d "$level" -l
	check "level $level: the same pages" kdump_check -c "$other" "$dump"
	rm -rf "$work/ours" "$other"
done
finish
