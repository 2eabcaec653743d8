#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Something does not take bodies of more than some size.  It says so (413):
# vmcollectd with max_chunk.  Then half is sent at once, for good; when 64 KiB
# are too much as well the target has refused.
set -u
. "${0%/*}/lib.sh"

echo 'max_chunk 100000' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
conf "$port" 'chunk_size 1M'
capture
expect_status 0
expect_arrived
expect_log 'now 65536'
[ "$(figure retries)" = 4 ] || fail "$(figure retries) requests again, not 4"
[ "$(figure resent)" -le $((4 * 1048576)) ] || fail 'too much was sent again'
kill_server

echo 'max_chunk 50000' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
capture
expect_status 69
