#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Something on the way drops packets of more than 1280 bytes and does not say
# so.  With tcp_mtu_probing=1, as the image has it, TCP finds a size that passes;
# without it nothing gets through.
set -u
. "${0%/*}/link.sh"

probing() {
	at a sh -c "echo $1 >/proc/sys/net/ipv4/tcp_mtu_probing"
}

grep -q '^echo 1 .*tcp_mtu_probing' "$repo/initramfs/network" ||
	fail 'the image does not set tcp_mtu_probing'
link_start 'mtu 1280'
start_server
conf "$port" 'stall_timeout 40' 'deadline 80'
probing 1
capture
expect_status 0
expect_arrived
[ "$(link_figure too_long)" -gt 0 ] || fail 'there was no black hole'
rm -rf "$store/web1"

conf "$port" 'stall_timeout 8' 'deadline 12'
probing 0
capture
expect_status 75
