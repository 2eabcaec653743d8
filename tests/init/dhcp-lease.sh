#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# udhcpc.script turns a lease into address, route and resolver; a route that
# fails leaves the next router.
set -u
. "${0%/*}/lib.sh"

fake ip 'case $* in *10.0.2.1\ *) exit 2 ;; esac'
# shellcheck disable=SC2086 # a command with arguments
lease() {
	env ROOT="$root" PATH="$fakes:$PATH" interface=eth0 "$@" \
		$TEST_SHELL "$repo/initramfs/udhcpc.script" "$event"
}

event=deconfig
lease
[ ! -s "$calls" ] || fail 'deconfig did something'

event=bound
lease ip=10.0.2.15 mask=24 router='10.0.2.1 10.0.2.2 10.0.2.5' \
	dns='10.0.2.3 10.0.2.4'
expect_call 'ip address replace 10.0.2.15/24 dev eth0'
expect_call 'ip route add default via 10.0.2.2 dev eth0 onlink'
expect_no_call 'ip route add default via 10.0.2.5'
expect_file /etc/resolv.conf 'nameserver 10.0.2.3
nameserver 10.0.2.4'

lease ip=10.0.2.16 mask=32
expect_call 'ip address replace 10.0.2.16/32 dev eth0'
