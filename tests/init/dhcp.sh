#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without ip= the first interface with a link asks for a lease, and the file
# systems are mounted before.
set -u
. "${0%/*}/lib.sh"

cmdline ''
nic eth0 52:54:00:00:00:01
run_init

expect_call "mount -t proc proc $root/proc"
expect_call "mount -t devtmpfs devtmpfs $root/dev"
expect_call "mount -t sysfs sysfs $root/sys"
expect_call "udhcpc -i eth0 -n -t 4 -T 2 -s $root/etc/udhcpc.script"
expect_no_call 'ip address'
[ "$(grep -c '^udhcpc' "$calls")" = 1 ] || fail 'a second lease'
expect_kmsg '<5>init: memory: total 57344 kB, available 51200 kB'
expect_kmsg '<5>init: vmcapture: exit status 0'
expect_reboot
