#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The answer to a HEAD has the Upload-Metadata of the POST, as tus 1.0 wants
# it, also after a restart of the server.
set -u
. "${0%/*}/lib.sh"

said="session czE=,object bzE=,layout c3RyZWFt,note aGVsbG8="

# expect_metadata
expect_metadata() {
	tus HEAD /files/web1/s1/o1 --head
	[ "$code" = 200 ] || fail "HTTP $code"
	grep -qi "^upload-metadata: $said" "$work/headers" ||
		fail "headers: $(cat "$work/headers")"
}

start_server
tus POST /files -H 'Upload-Defer-Length: 1' -H "Upload-Metadata: $said"
expect_code 201
expect_metadata
kill_server
start_server
expect_metadata
