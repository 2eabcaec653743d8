# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For tests of what happens between machines: vmcapture and vmcollectd each in
# a network namespace of its own, with a faultlink between them.
#
#	link_start [COMMAND]...	namespaces and link, with faults from the start
#	link_say COMMAND	a command of faultlink while it runs
#	link_figure NAME	what became of frames: bytes lost down too_long
#				full
#	at a|b COMMAND...	runs it in the namespace of that side
#	small_vmcore		a vmcore of 768 KiB for slow links
#
# The client is side a, 10.9.0.1; the server is side b, 10.9.0.2.  start_server
# and capture of lib.sh go there once link_start has been called.

. "${0%/*}/lib.sh"

[ "$(id -u)" = 0 ] || fail 'network namespaces need root'

# at_SIDE: what runs a command there
at_a=
at_b=

at() {
	side=$1
	shift
	[ "$side" = a ] && set -- $at_a "$@" || set -- $at_b "$@"
	"$@"
}

# address SIDE ADDRESS: brings its device up, with nothing but IPv4 on it
address() {
	at "$1" sh -c "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
		ip link set lo up && ip address add $2/24 dev eth0 &&
		ip link set eth0 up" || fail "no address for side $1"
}

link_is_ready() {
	grep -qs ready "$work/link.log"
}

link_start() {
	mkfifo "$work/link.in"
	"$O/test/faultlink" "$@" <"$work/link.in" 2>"$work/link.log" &
	link=$!
	pids="$pids $link"
	exec 9>"$work/link.in"
	wait_for 10 link_is_ready
	at_a="nsenter --net=/proc/$link/fd/10"
	at_b="nsenter --net=/proc/$link/fd/11"
	address a 10.9.0.1
	address b 10.9.0.2
	server_address=10.9.0.2
	server_name=10.9.0.2
	server_at=$at_b
	client_at=$at_a
}

link_say() {
	echo "$1" >&9
}

link_has_printed() {
	[ "$(grep -c figures: "$work/link.log")" -gt "$1" ]
}

link_figure() {
	printed=$(grep -c figures: "$work/link.log")
	link_say figures
	wait_for 5 link_has_printed "$printed"
	sed -n "s/.*figures:.* $1=\([0-9]*\).*/\1/p" "$work/link.log" |
		tail -n 1
}

# has_arrived KB: so much of web1 is in the store
has_arrived() {
	[ -d "$store/web1" ] && [ "$(du -sk "$store/web1" | cut -f1)" -gt "$1" ]
}

# expect_resent N: more than one chunk for each of N faults was not sent again
expect_resent() {
	resent=$(figure resent)
	[ "$resent" -le $(($1 * $(figure chunk_size))) ] ||
		fail "sent again: $resent bytes for $1 faults"
}

small_vmcore() {
	vmcore=$work/small.vmcore
	"$O/test/mkvmcore" "$here/small-vmcore.txt" "$vmcore" ||
		fail 'no vmcore'
}
