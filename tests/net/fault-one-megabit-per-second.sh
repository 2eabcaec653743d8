#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A link of 1 Mbit/s with a short queue: each chunk takes longer than a third of
# the stall timeout, and nothing is sent twice.
set -u
. "${0%/*}/link.sh"

small_vmcore
link_start 'rate 1000000'
start_server
conf "$port" 'stall_timeout 6' 'deadline 120'
start=$(date +%s)
capture
took=$(($(date +%s) - start))
expect_status 0
expect_arrived
[ "$took" -ge 6 ] || fail "only $took s: no 1 Mbit/s"
[ "$(figure retries)" = 0 ] || fail 'requests were made again'
