#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# With max_sessions a session that would be one too many is told to come back,
# before anything is made of it and without keeping a connection.  Those that
# run are served; seats go to who waits the longest, and survive a restart.
set -u
. "${0%/*}/lib.sh"

echo 'max_sessions 1' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
head -c 100 /dev/zero >"$work/zeros"

# session LETTER: its name
session() {
	echo "20260101T000000Z-0000000$1"
}

expect_wait() {
	create "$(session "$1")" session.json
	expect_code 503
	grep -qi '^Retry-After: 5' "$work/headers" || fail 'no Retry-After'
	grep -qi '^Connection: close' "$work/headers" || fail 'it keeps the connection'
	[ ! -e "$store/web1/$(session "$1")" ] || fail 'something was made of it'
}

expect_seat() {
	create "$(session "$1")" session.json
	expect_code 201
}

# end_session LETTER: with an empty manifest
end_session() {
	create "$(session "$1")" manifest.json stream
	expect_code 201
	patch "/files/web1/$(session "$1")/manifest.json" 0 "$work/zeros" \
		-H 'Upload-Length: 100'
	expect_code 204
}

expect_seat a
expect_wait b
expect_wait c
expect_wait b
[ "$(grep -c 'b/session.json: POST refused with 503' "$server_log")" = 1 ] ||
	fail 'each try is a line of the log'
# The one that runs goes on.
create "$(session a)" vmcore flat
expect_code 201
patch "/files/web1/$(session a)/session.json" 0 "$work/zeros"
expect_code 204
end_session a
# b was there before c.
expect_wait c
expect_seat b
expect_wait c

kill_server TERM
start_server --config "$work/vmcollectd.conf"
expect_wait d
create "$(session b)" vmcore flat
expect_code 201
end_session b
expect_seat d
expect_wait c
