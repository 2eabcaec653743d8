#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The deadline counts from the boot of this kernel; barecap.deadline= counts
# instead of capture.conf's.  A vmcapture that does not end is killed soon
# after it, with all that it has started.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
settings deadline=900
run_init
expect_capture 897

cmdline barecap.deadline=5
body="trap '' TERM; [ \$1 != -c ] || /bin/sleep 55 & wait"
settings deadline=900
run_init
expect_capture 2
expect_kmsg 'guard: vmcapture: not done after 7 s: killed'
expect_kmsg '<3>init: vmcapture: exit status 124'
expect_gone '/bin/sleep 55'
expect_reboot
