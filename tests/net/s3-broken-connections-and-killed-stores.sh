#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Parts are sent again when connections are reset in them, and when the store
# is killed and comes back; what is given up leaves nothing in the store.
. "${0%/*}/lib.sh"
. "${0%/*}/s3.sh"

# restarted: SIGKILL to what speaks S3 in the middle of a part, and back
restarted() {
	start_proxy -b 8000000
	s3_port=$proxy_port
	s3conf 'format elf' 'dump_level 0'
	capture_in_background
	wait_for 20 grep -q 'first chunk acknowledged: 5' "$work/capture.log"
	"$stores" kill "$place"
	"$stores" restart "$place" >/dev/null
	wait_capture
	expect_status 0
	expect_log 'trying again'
	expect_vmcore "$vmcore"
	[ "$(sed -n 's/.*"retries": \([0-9]*\).*/\1/p' "$work/manifest.json")" -gt 0 ] ||
		fail "no retry in the manifest"
	kill "$proxy"
}

for store in ceph swift; do
	: >"$work/capture.log"
	start_store $store
	restarted
	s3 DELETE "/crash/$prefix/session.json"

	# The first three connections break after 7 MB: in the second part.
	start_proxy -n 3 -r 7000000
	s3_port=$proxy_port
	s3conf 'format elf' 'dump_level 0'
	capture
	expect_status 0
	expect_vmcore "$vmcore"
	s3 DELETE "/crash/$prefix/session.json"
	kill "$proxy"

	# Too slow for even one part: given up, and cleaned up.
	start_proxy -b 200000
	s3_port=$proxy_port
	s3conf 'format elf' 'dump_level 0' 'deadline 15'
	capture
	expect_status 75
	expect_log 'unfinished upload removed'
	kill "$proxy"
	expect_no_uploads
	expect_no_secrets
	stop_store
done
