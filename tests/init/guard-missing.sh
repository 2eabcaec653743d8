#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An image without guard is good for nothing, but comes back.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
rm "$fakes/guard"
run_init

expect_no_call vmcapture
[ "$(tail -n 1 "$calls")" = 'reboot -f' ] || fail 'no reboot'
