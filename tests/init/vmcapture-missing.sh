#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An image without vmcapture, a /proc that could not be mounted: reboot.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
rm "$fakes/vmcapture" "$root/proc/cmdline" "$root/proc/meminfo"
fake mount 'exit 1'
run_init

expect_kmsg '<3>init: vmcapture: exit status 127'
expect_reboot
