#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The disk of the NFS server is full in mid-transfer; when somebody has made
# room the transfer goes on, and nothing is lost.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"

# free KIB: so much space, or less, is left
free() {
	[ "$(df -k --output=avail "$store" | tail -n 1)" -le "$1" ]
}

make_room() {
	until free 0; do
		sleep 0.2
	done
	sleep 5
	rm "$store/ballast"
}

e2e_setup
mount -t tmpfs -o size=48m tmpfs "$store" || die "no small file system"
head -c 40M /dev/zero >"$store/ballast"
nfs_start
make_room &
maker=$!
guest_panic
kill "$maker" 2>/dev/null
check "the disk was full" grep -q 'vmcore: No space left on device' \
	"$work/console.log"
check_whole_capture
check "what was sent again is counted" test "$(manifest resent)" -gt 0
check "it was a chunk at most" \
	at_most "$(manifest resent)" "$(manifest chunk_size)"
e2e_done
