#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without a MAC address the interface that gets a lease is taken.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
nic eth1 52:54:00:00:00:02
fake udhcpc 'case $2 in eth0) exit 1 ;; esac'
run_init

expect_call "udhcpc -i eth0 -n -t 4 -T 2 -s $root/etc/udhcpc.script"
expect_kmsg '<5>init: eth1: configured, MAC 52:54:00:00:00:02'
expect_reboot
