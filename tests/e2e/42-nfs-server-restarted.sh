#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The NFS server is not there when the capture kernel wants to mount, and is
# killed in mid-transfer; each time it comes back after some seconds, and all of
# it arrives.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"
first_ack=5 # mounting takes several tries
format=elf # takes long enough

# Once the capture kernel has been refused, and once some of the vmcore is on
# the server's disk.
restart_server() {
	until grep -q 'refused; trying again' "$work/console.log"; do
		sleep 0.2
	done 2>/dev/null
	tests/servers/ganesha restart "$nfs"
	until [ -n "$(find "$store" -name vmcore.incomplete -size +20M)" ]; do
		sleep 0.2
	done
	tests/servers/ganesha kill "$nfs"
	find "$store" -name vmcore.incomplete >"$work/killed"
	sleep 5
	tests/servers/ganesha restart "$nfs"
}

e2e_setup
nfs_start
tests/servers/ganesha kill "$nfs"
restart_server >"$work/restart.log" 2>&1 &
restarter=$!
guest_panic
kill "$restarter" 2>/dev/null
check "the server was killed in mid-transfer" test -s "$work/killed"
check "it was started twice" same "$(grep -c restart: "$work/restart.log")" 2
check_whole_capture
e2e_done
