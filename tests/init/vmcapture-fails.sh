#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The exit status of vmcapture is logged, what it says goes to the log, and
# the second channel gets the verdict.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.verdict=ttyS1
nic eth0 52:54:00:00:00:01
fake vmcapture 'echo "vmcapture: deadline is over" >&2; exit 75'
run_init

expect_kmsg 'vmcapture: deadline is over'
expect_kmsg '<3>init: vmcapture: exit status 75'
expect_file /dev/ttyS1 'vmcapture 75'
expect_reboot
