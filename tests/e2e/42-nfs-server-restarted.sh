#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The NFS server is killed in mid-transfer and comes back after some seconds:
# the transfer goes on, and all of it arrives.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"
format=elf # takes long enough

# Once some of the vmcore is on the server's disk.
restart_server() {
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
restart_server >"$work/restart.log" 2>&1 &
restarter=$!
guest_panic
kill "$restarter" 2>/dev/null
check "the server was killed in mid-transfer" test -s "$work/killed"
check "it was started again" grep restart: "$work/restart.log"
check_whole_capture
e2e_done
