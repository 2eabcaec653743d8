#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# With "digest none" the manifest has sizes, but no digest of any object.
set -u
. "${0%/*}/lib.sh"

start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	rm -rf "$store/web1"
	conf "$port" 'digest none'
	capture
	expect_status 0
	find_session web1
	cmp "$session/vmcore" "$vmcore" || fail 'the vmcore differs'
	grep -q "\"size\": $(stat -c %s "$vmcore")" "$session/manifest.json" ||
		fail 'no size'
	! grep '^      "sha256"' "$session/manifest.json" || fail 'a digest'
done
