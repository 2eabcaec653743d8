#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A network without a DHCP server is waited for, but not for ever.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.deadline=8
nic eth0 52:54:00:00:00:01
fake udhcpc 'exit 1'
run_init

[ "$(grep -c '^udhcpc' "$calls")" -gt 4 ] || fail 'not tried again'
expect_kmsg "guard: $root/lib/barecap/network: not done after 2 s:\
 goes on in the background"
expect_capture 5
expect_reboot
