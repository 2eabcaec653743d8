#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture bounds the time of the drivers; if it did not, the guard, which is
# there before them, would reboot the machine.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.deadline=77
nic eth0 52:54:00:00:00:01
fake sleep 'case $1 in 77 | 0*) ;; *) exec /bin/sleep 300 ;; esac'
fake vmcapture "[ \$1 = --load-drivers ] || exit
	for i in 1 2 3 4 5 6 7 8 9; do
		[ ! -s $root/proc/sysrq-trigger ] || exit 75
		/bin/sleep 0.2
	done"
run_init

expect_file /proc/sysrq-trigger b
expect_kmsg '<2>init: deadline of 77 s is over: rebooting'
expect_kmsg '<3>init: vmcapture --load-drivers: exit status 75'
