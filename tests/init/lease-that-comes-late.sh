#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A lease that comes when vmcapture is already running is used.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.deadline=8
nic eth0 52:54:00:00:00:01
fake udhcpc "grep -q '^vmcapture -c' $calls"
fake vmcapture "[ \$1 = -c ] || exit 0
	for i in 1 2 3 4 5 6 7 8 9; do
		! grep -q configured $root/dev/kmsg || exit 0
		/bin/sleep 0.3
	done
	exit 75"
run_init

expect_kmsg '<5>init: eth0: configured, MAC 52:54:00:00:00:01'
expect_kmsg '<5>init: vmcapture: exit status 0'
expect_reboot
