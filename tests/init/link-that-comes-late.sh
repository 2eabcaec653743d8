#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A driver that needs two seconds for its link is waited for, and no longer.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
fake ip "case \$* in 'link set eth0 up') echo 0 >$root/sys/class/net/eth0/carrier ;; esac"
fake sleep "case \$1 in
	0.2) [ \$(grep -c '^sleep 0.2' $calls) -lt 10 ] ||
		echo 1 >$root/sys/class/net/eth0/carrier ;;
	*) exec /bin/sleep 300 ;;
	esac"
run_init

[ "$(grep -c '^sleep 0.2' "$calls")" = 10 ] || fail 'waited for something else'
[ "$(grep -c '^ip link set eth0 up' "$calls")" = 1 ] || fail 'up more than once'
expect_kmsg '<5>init: eth0: configured, MAC 52:54:00:00:00:01'
expect_reboot
