#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The ladder: a reboot(2) that never comes back is overtaken by sysrq-b; when
# that does not work either, the watchdog gets nothing any more.
set -u
. "${0%/*}/lib.sh"

: >"$root/dev/watchdog0"
nic eth0 52:54:00:00:00:01
fake reboot "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		/bin/sleep 1
		[ ! -s $root/proc/sysrq-trigger ] || break
	done
	cp $root/dev/watchdog0 $work/before
	/bin/sleep 3
	kill -9 -\$PPID"
run_init

expect_file /proc/sysrq-trigger b
expect_kmsg 'guard: stage end: over its limit: resetting the machine'
[ "$(wc -c <"$work/before")" -ge 10 ] || fail 'the watchdog was not fed'
cmp -s "$work/before" "$root/dev/watchdog0" || fail 'fed after the limit'
