#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Three connections in a row are reset in the middle of a chunk: each costs at
# most that chunk.
set -u
. "${0%/*}/lib.sh"

start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	rm -rf "$store/web1"
	start_proxy -n 3 -r $((10 * 262144 + 131072))
	conf "$proxy_port"
	capture
	expect_status 0
	expect_arrived
	[ "$(grep -c reset "$work/proxy.log")" = 3 ] || fail 'not three resets'
	resent=$(figure resent)
	{ [ "$resent" -gt 0 ] && [ "$resent" -le $((3 * 262144)) ]; } ||
		fail "sent again: $resent bytes"
done
