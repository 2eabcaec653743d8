#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PXE's BOOTIF= names the interface too.
set -u
. "${0%/*}/lib.sh"

cmdline 'BOOTIF=01-52-54-00-00-00-ab ip=10.0.2.15::10.0.2.2:255.255.255.0'
nic eth0 52:54:00:00:00:01 1
nic eth1 52:54:00:00:00:ab 1
run_init

expect_call 'ip address add 10.0.2.15/255.255.255.0 dev eth1'
expect_no_call 'ip address add 10.0.2.15/255.255.255.0 dev eth0'
expect_reboot
