#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ip=off leaves every interface alone.
set -u
. "${0%/*}/lib.sh"

cmdline ip=off
nic eth0 52:54:00:00:00:01
run_init

expect_no_call 'ip '
expect_no_call udhcpc
expect_capture
expect_reboot
