#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ip= with an address: address, route and resolver, and no DHCP.
set -u
. "${0%/*}/lib.sh"

cmdline ip=10.0.2.15:10.0.2.2:10.0.2.1:255.255.255.0:web7:eth9:none:10.0.2.3:10.0.2.4
nic eth0 52:54:00:00:00:01
run_init

expect_call 'ip link set lo up'
expect_call 'ip link set eth0 up'
expect_call 'ip address add 10.0.2.15/255.255.255.0 dev eth0'
expect_call 'ip route add default via 10.0.2.1 dev eth0 onlink'
expect_file /etc/resolv.conf 'nameserver 10.0.2.3
nameserver 10.0.2.4'
expect_no_call udhcpc
expect_kmsg '<5>init: eth0: configured, MAC 52:54:00:00:00:01'
expect_capture
expect_reboot
