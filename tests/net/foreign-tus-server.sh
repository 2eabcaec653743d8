#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# @tus/server, which knows nothing of us, receives a vmcore in spite of a
# connection reset; what it stored, rearranged by makedumpfile, is the vmcore.
set -u
. "${0%/*}/lib.sh"

command -v makedumpfile >/dev/null || skip 'no makedumpfile'
start_foreign
start_proxy -n 1 -r $((10 * 262144 + 131072))

for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	conf "$proxy_port"
	capture
	expect_status 0
	foreign_arrived
	rm -f "$store"/*
done
grep -q reset "$work/proxy.log" || fail 'there was no reset'
