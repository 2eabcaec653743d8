#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# barecap.mac= among several interfaces, in either case; the others stay down.
set -u
. "${0%/*}/lib.sh"

cmdline 'barecap.mac=52:54:00:00:00:AB BOOTIF=01-52-54-00-00-00-01'
nic eth0 52:54:00:00:00:01
nic eth1 52:54:00:00:00:ab
nic eth2 52:54:00:00:00:03
run_init

expect_call "udhcpc -i eth1 -n -t 4 -T 2 -s $root/etc/udhcpc.script"
expect_no_call 'ip link set eth0'
expect_no_call 'ip link set eth2'
expect_reboot
