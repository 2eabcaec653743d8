#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The DHCP server starts 40 s after the panic, and the name server that it names
# does not answer: the collector is reached by the address of capture.conf.
set -u

# A network of its own, where nobody else answers DHCP.
[ "${namespace-}" ] || exec env namespace=1 unshare -n "$0" "$@"
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

netdev=tap,ifname=guest,script=no,downscript=no
collector_address=10.0.2.2
more_conf='address collector.example 10.0.2.2'
first_ack=15

dhcp_server() {
	until grep -qs 'sysrq: Trigger a crash' "$work/console.log"; do
		kill -0 $$ || exit
		sleep 0.2
	done
	sleep 40
	exec timeout "$timeout" dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 \
		--user=root --pid-file --log-facility=- \
		--dhcp-leasefile="$work/leases" --dhcp-authoritative \
		--dhcp-range=10.0.2.15,10.0.2.15 --dhcp-option=6,10.0.2.2 \
		2>"$work/dhcp.log"
}

e2e_setup
ip link set lo up
ip tuntap add dev guest mode tap || die 'no TAP device'
ip address add 10.0.2.2/24 dev guest
ip link set guest up
collector_start
collector_url=https://collector.example:$port/files
dhcp_server &
server=$!
guest_panic
kill "$server"
check_whole_capture
check "there was no address for 40 s" at_most 40 "$(stage network wall)"
check "the name could not be looked up" \
	grep 'collector.example cannot be looked up' "$work/console.log"
e2e_done
