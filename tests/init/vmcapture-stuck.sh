#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A vmcapture that says nothing for longer than its stall timeout is killed,
# even when it is stopped; one that goes on and on is not.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
body="[ \$1 = -c ] || exit 0
	if [ \$(grep -c '^vmcapture -c' $calls) = 1 ]; then
		kill -STOP \$\$
	else
		for i in 1 2 3 4 5 6 7 8; do
			echo \$i >$progress
			/bin/sleep 1
		done
	fi"
settings stall_timeout=1
run_init

expect_kmsg 'guard: vmcapture: no progress for 6 s: killed'
expect_kmsg '<3>init: vmcapture: exit status 124'
expect_kmsg '<5>init: vmcapture: exit status 0'
expect_reboot
