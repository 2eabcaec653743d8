#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture bounds the time of the drivers; if it did not, the capture would
# go on without them.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.deadline=3
nic eth0 52:54:00:00:00:01
fake vmcapture '[ $1 != --load-drivers ] || exec /bin/sleep 300'
run_init

expect_kmsg 'guard: vmcapture: not done after 5 s: killed'
expect_kmsg '<3>init: vmcapture --load-drivers: exit status 124'
expect_capture 1
expect_reboot
