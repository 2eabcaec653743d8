#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The network card loses its link in the middle of the vmcore, for 60 s: the
# transfer goes on where it was, with at most one chunk sent again.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

format=elf compression=
timeout=300
more_conf='stall_timeout 120
deadline 250'
more_cmdline=barecap.deadline=290

# monitor COMMAND: of QEMU
monitor() {
	echo "$1" >"$work/monitor.in"
}

vmcore_is_on_its_way() {
	[ "$(find "$store" -name vmcore.incomplete -size +40M)" ]
}

# break_link: while the guest sends
break_link() {
	until vmcore_is_on_its_way; do
		kill -0 $$ || exit
		sleep 0.2
	done
	monitor 'set_link net0 off'
	sleep 60
	monitor 'set_link net0 on'
}

e2e_setup
collector_start
mkfifo "$work/monitor.in" "$work/monitor.out"
more_qemu="-chardev pipe,id=monitor,path=$work/monitor
	-mon chardev=monitor,mode=readline"
cat "$work/monitor.out" >"$work/monitor.log" &
reader=$!
break_link &
cutter=$!
guest_panic
kill "$cutter" "$reader" 2>/dev/null
first_ack=5
check_whole_capture
check "the link was down for a minute" \
	at_most 60 "$(stage end wall)"
check "a request had to be made again" at_most 1 "$(manifest retries)"
check "at most one chunk was sent again" \
	at_most "$(manifest resent)" "$(manifest chunk_size)"
e2e_done
