#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A proxy takes bodies of 1 MiB at most.  nginx says so (413), or closes the
# connection without a word.  Half is sent at once then, and half of that; of a
# cut nobody knows the reason, so twice the size is tried once, much later.
set -u
. "${0%/*}/nginx.sh"

# through FAULTS MOST: arrives in spite of faults, each of which costs a chunk
through() {
	conf "$proxy_port" 'chunk_size 4M'
	capture
	expect_status 0
	foreign_arrived
	expect_log "now $2"
	retries=$(nginx_figure retries) resent=$(nginx_figure resent)
	[ "$retries" -le "$1" ] || fail "$retries requests again, not $1"
	[ "$resent" -le $((retries * 4194304)) ] ||
		fail "$resent bytes were sent again"
	rm -f "$store"/*
}

start_foreign
start_nginx 'client_max_body_size 1m;'
through 2 1048576
kill "$nginx"
start_nginx 'client_max_body_size 1m; error_page 413 = @cut;'
through 5 1048576
