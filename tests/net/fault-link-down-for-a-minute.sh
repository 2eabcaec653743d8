#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The link is cut in the middle of the transfer, for 60 s: it goes on from the
# offset that the server has, with at most one chunk sent again.
set -u
. "${0%/*}/link.sh"

link_start "cut $((6 << 20)) 60"
start_server
conf "$port" 'stall_timeout 120' 'deadline 300'
capture_limit=200
start=$(date +%s)
capture
took=$(($(date +%s) - start))
expect_status 0
expect_arrived
grep -q back "$work/link.log" || fail 'the link was not cut'
[ "$took" -ge 60 ] || fail "only $took s"
[ "$(figure retries)" -ge 1 ] || fail 'no request was made again'
expect_resent 1
