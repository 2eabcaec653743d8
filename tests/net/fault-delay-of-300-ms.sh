#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every packet takes 300 ms, and up to 50 ms more: slow, but nothing is sent
# twice.
set -u
. "${0%/*}/link.sh"

link_start 'delay 300 50'
start_server
conf "$port" 'chunk_size 2M' 'stall_timeout 20' 'deadline 200'
capture_limit=200
start=$(date +%s)
capture
took=$(($(date +%s) - start))
expect_status 0
expect_arrived
[ "$took" -ge 8 ] || fail "only $took s: no delay"
[ "$(figure retries)" = 0 ] || fail 'requests were made again'
