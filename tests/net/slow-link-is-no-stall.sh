#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A link and a server that are slow, but go on, take longer than the stall
# timeout and still get everything.
set -u
. "${0%/*}/lib.sh"

start_server
start_proxy -b 2500000 -d 20
conf "$proxy_port" 'stall_timeout 9'
start=$(date +%s)
capture
took=$(($(date +%s) - start))
expect_status 0
expect_arrived
[ "$took" -gt 9 ] || fail "only $took s: not slow"
[ "$(figure retries)" = 0 ] || fail 'requests were made again'
