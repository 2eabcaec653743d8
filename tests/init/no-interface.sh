#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An interface that is not the one named, and one without a link: vmcapture
# runs all the same.
set -u
. "${0%/*}/lib.sh"

cmdline 'barecap.deadline=6 barecap.mac=52:54:00:00:00:02'
nic eth0 52:54:00:00:00:01
nic eth1 52:54:00:00:00:02 0
run_init

expect_no_call udhcpc
expect_no_call 'ip link set eth0'
expect_kmsg "guard: $root/lib/barecap/network: not done after 1 s:\
 goes on in the background"
expect_capture 3
expect_reboot
