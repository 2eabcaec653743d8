#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An NFS server that does not have the export refuses it in all versions, and
# the next target gets the session: the collector.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"
first_ack=5 # mounting takes several tries

e2e_setup
collector_start
target="nfs 10.0.2.2:/other
https https://collector:$port/files"
nfs_start 3,4
guest_panic
check_whole_capture
for version in 4.2 4.1 3; do
	check "version $version was tried" grep -q "other: vers=$version:" \
		"$work/console.log"
done
check "the collector has it" test -e "$store/$client"
e2e_done
