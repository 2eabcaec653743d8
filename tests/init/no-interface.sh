#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No interface with that MAC address: after a minute vmcapture runs all the
# same (its target may be a directory), and the machine reboots.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.mac=52:54:00:00:00:ff
nic eth0 52:54:00:00:00:01
fake vmcapture 'exit 69'
run_init

[ "$(grep -c '^sleep 0.2' "$calls")" = 300 ] || fail 'not a minute'
expect_kmsg '<3>init: no interface with MAC 52:54:00:00:00:ff got a link and an address'
expect_call "vmcapture -c $root/etc/barecap/capture.conf"
expect_kmsg '<3>init: vmcapture: exit status 69'
expect_reboot
