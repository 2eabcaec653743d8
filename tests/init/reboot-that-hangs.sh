#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The ladder: a sync that never comes back is overtaken by sysrq-b after 5 s.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
fake sleep 'case $1 in 5 | 0*) ;; *) exec /bin/sleep 300 ;; esac'
fake sync "for i in 1 2 3 4 5 6 7 8 9; do
	[ ! -s $root/proc/sysrq-trigger ] || exit 0
	/bin/sleep 0.2
	done
	exec /bin/sleep 300"
run_init

expect_call 'sleep 5'
expect_file /proc/sysrq-trigger b
expect_kmsg '<2>init: still alive after reboot: trying sysrq'
