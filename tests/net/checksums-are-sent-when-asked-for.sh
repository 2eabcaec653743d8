#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# With "chunk_checksum yes" a chunk that broke off is dropped, because nobody
# can check it any more; without, what has arrived of it is kept.
set -u
. "${0%/*}/lib.sh"

start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	for checksum in yes no; do
		rm -rf "$store/web1"
		: >"$work/capture.log"
		start_proxy -n 1 -h $((10 * 262144 + 131072))
		conf "$proxy_port" 'stall_timeout 9' "chunk_checksum $checksum"
		capture
		expect_status 0
		expect_arrived
		expect_log 'going on at offset'
		# A slow machine may fall silent by itself, once more.
		odd=$(sed -n 's/.*going on at offset //p' "$work/capture.log" |
			awk '$1 % 262144')
		whole=yes
		[ -z "$odd" ] || whole=no
		[ "$whole" = "$checksum" ] || fail "went on at ${odd:-whole chunks}"
	done
done
