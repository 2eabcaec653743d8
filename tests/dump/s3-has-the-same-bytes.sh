#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A real vmcore, filtered, with the pages that go early: the object that a
# store puts together is the file that the file target writes.
. "${0%/*}/../net/lib.sh"
. "${0%/*}/../net/s3.sh"

vmcore=$(realpath "$O/bench/system-kernel.vmcore")
# Reading 2 GiB, and what the store writes, take their time on a slow disk.
capture_limit=300
cat "$vmcore" >/dev/null

# same_bytes [LINE]...: of a capture with these lines
same_bytes() {
	s3conf 'dump_level 31' 'deadline 290' 'stall_timeout 90' "$@"
	capture
	expect_status 0
	file_vmcore
	expect_vmcore "$work/want"
	grep -q '"early": [1-9]' "$work/manifest.json" || [ "$1" = 'format elf' ] ||
		fail 'no page was early'
	for name in session.json vmcore-dmesg.txt vmcore manifest.json; do
		s3 DELETE "/crash/$prefix/$name"
	done
}

start_store ceph
same_bytes 'compression lzo' 'threads 1'
same_bytes 'compression zstd:1' 'threads 2'
same_bytes 'format elf'
stop_store
