#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A server certificate that ended yesterday.
set -u
. "${0%/*}/lib.sh"

certificate server /CN=collector serverAuth yesterday
start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	conf "$port"
	capture
	expect_status 69
	expect_log expired
	[ -z "$(ls "$store")" ] || fail "stored: $(find "$store")"
done
