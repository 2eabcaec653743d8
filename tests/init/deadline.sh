#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The guard triggers sysrq-b when barecap.deadline= is over, even while
# vmcapture hangs, and the out of memory killer leaves it alone.
set -u
. "${0%/*}/lib.sh"

cmdline barecap.deadline=77
nic eth0 52:54:00:00:00:01
fake sleep 'case $1 in 77 | 0*) ;; *) exec /bin/sleep 300 ;; esac'
fake vmcapture "for i in 1 2 3 4 5 6 7 8 9; do
	[ ! -s $root/proc/sysrq-trigger ] || exit 75
	/bin/sleep 0.2
	done"
run_init

expect_call 'sleep 77'
expect_file /proc/sysrq-trigger b
expect_file /proc/self/oom_score_adj -1000
expect_kmsg '<2>init: deadline of 77 s is over: rebooting'
expect_kmsg '<3>init: vmcapture: exit status 75'
