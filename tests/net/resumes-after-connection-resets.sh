#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Connections are reset in the middle of a chunk: each costs at most that chunk.
# libcurl may open one more for each, on which it finds that it must not rewind.
set -u
. "${0%/*}/lib.sh"

start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	rm -rf "$store/web1"
	start_proxy -n 6 -r $((10 * 262144 + 131072))
	conf "$proxy_port"
	capture
	expect_status 0
	expect_arrived
	resets=$(grep -c reset "$work/proxy.log")
	[ "$resets" -ge 3 ] || fail "$resets resets"
	resent=$(figure resent)
	{ [ "$resent" -gt 0 ] && [ "$resent" -le $((resets * 262144)) ]; } ||
		fail "sent again: $resent bytes"
done
