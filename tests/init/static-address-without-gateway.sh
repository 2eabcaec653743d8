#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Empty fields of ip= are left out: no route, no resolver.
set -u
. "${0%/*}/lib.sh"

cmdline ip=192.168.7.2:::255.255.255.0
nic eth0 52:54:00:00:00:01 1
run_init

expect_call 'ip address add 192.168.7.2/255.255.255.0 dev eth0'
expect_no_call 'ip route'
expect_file /etc/resolv.conf ''
expect_capture
expect_reboot
