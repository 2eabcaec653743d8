#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The device-dump drivers are loaded before any interface is touched, because
# one of them may bring the interface, and before vmcapture opens the vmcore.
set -u
. "${0%/*}/lib.sh"

mkdir "$root/new"
echo 52:54:00:00:00:01 >"$root/new/address"
echo 1 >"$root/new/carrier"
fake vmcapture "[ \$1 != --load-drivers ] ||
	mv $root/new $root/sys/class/net/eth0"
run_init

load="vmcapture --load-drivers -c $conf --deadline 1797"
order=$(grep -E '^(vmcapture|ip|mount -t sysfs)' "$calls" | sed -n '
	s/^mount.*/mount/p
	s/^ip.*/ip/p
	s/^vmcapture --load-drivers .*/load/p
	s/^vmcapture -c .*/send/p' | uniq | paste -sd' ')
[ "$order" = 'mount load ip send' ] || fail "the order is: $order"
expect_call "$load"
expect_capture
expect_kmsg '<5>init: eth0: configured, MAC 52:54:00:00:00:01'
expect_kmsg '<5>init: vmcapture: exit status 0'
expect_reboot
