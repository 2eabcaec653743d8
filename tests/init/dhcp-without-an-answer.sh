#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A network without a DHCP server costs a bounded number of tries.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
fake udhcpc 'exit 1'
run_init

[ "$(grep -c '^udhcpc' "$calls")" = 8 ] || fail 'not 8 tries of 8 s'
expect_kmsg '<3>init: no interface got a link and an address'
expect_call "vmcapture -c $root/etc/barecap/capture.conf"
expect_reboot
