#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The NFS server goes in mid-transfer, and does not come back: neither the mount
# nor the way back hangs, and nothing there looks complete.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"
format=elf # takes long enough
more_conf='stall_timeout 10
deadline 40'

# Stopped and not killed: it is silent, and connections stay.
stop_server() {
	until [ -n "$(find "$store" -name vmcore.incomplete -size +8M)" ]; do
		sleep 0.2
	done
	kill -STOP "$(cat "$nfs/ganesha.pid")"
	cut -d' ' -f1 /proc/uptime >"$work/stopped"
}

# By whatever way: a sync may hang, as there is a mount.
comes_back() {
	cat "$work/summary" "$work/verdict"
	[ "$(sed -n 's/^exit=//p' "$work/summary")" = 0 ] &&
		[ "$(tr -d '\r' <"$work/verdict")" = 'vmcapture 75' ]
}

e2e_setup
nfs_start
stop_server &
stopper=$!
guest_panic
kill "$stopper" 2>/dev/null
kill -CONT "$(cat "$nfs/ganesha.pid")"
now=$(cut -d' ' -f1 /proc/uptime)
check "the server stopped in mid-transfer" test -s "$work/stopped"
check "vmcapture gave up with 75 and the machine came back by itself" \
	comes_back
check "that was within the deadline of 40 s and 15 s for the way back" \
	at_most "$(awk -v a="$(cat "$work/stopped")" -v b="$now" \
		'BEGIN { print b - a }')" 55
check "the session does not look complete" \
	test -z "$(find "$store" -name manifest.json)"
check "the vmcore is there as far as it got" \
	test -n "$(find "$store" -name vmcore.incomplete -size +0)"
e2e_done
