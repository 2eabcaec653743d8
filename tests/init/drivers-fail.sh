#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Drivers that cannot be loaded, for a mistake in capture.conf too, cost a line
# in the log and nothing else.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
fake vmcapture '[ $1 != --load-drivers ] || exit 78'
run_init

expect_kmsg '<3>init: vmcapture --load-drivers: exit status 78'
expect_kmsg '<5>init: eth0: configured, MAC 52:54:00:00:00:01'
expect_capture
expect_kmsg '<5>init: vmcapture: exit status 0'
expect_reboot
