#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A target that does not answer is given up, the next one gets everything.
set -u
. "${0%/*}/lib.sh"

start_server
conf 9 "https https://localhost:$port/files" 'stall_timeout 2'
capture
expect_status 0
expect_arrived
expect_log 'localhost:9/files: given up'
