#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# 30 % of all packets are lost, in both directions.
set -u
. "${0%/*}/link.sh"

small_vmcore
link_start 'loss 30'
start_server
conf "$port" 'chunk_size 64K' 'stall_timeout 60' 'deadline 400'
capture_limit=400
capture
expect_status 0
expect_arrived
[ "$(link_figure lost)" -gt 200 ] || fail 'nothing was lost'
expect_resent "$(figure retries)"
