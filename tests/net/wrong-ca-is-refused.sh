#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A server whose certificate another CA has signed gets nothing, and neither
# does one with another name.
set -u
. "${0%/*}/lib.sh"

authority other
start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	conf "$port" "ca $work/other.pem"
	capture
	expect_status 69
	expect_nothing_complete
	[ -z "$(ls "$store")" ] || fail "stored: $(find "$store")"
done
