#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody answers questions about names: before the transfer, when the address
# of capture.conf is used, and in the middle of it, when the address it had is.
# The certificate is checked against the name, whatever the address.
set -u
. "${0%/*}/link.sh"

dns_start() {
	# shellcheck disable=SC2086 # words
	$at_b dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts \
		--no-resolv --bind-interfaces --listen-address=10.9.0.2 \
		--pid-file --user=root --log-facility=- \
		--local=/example/ --address=/example/10.9.0.2 \
		2>"$work/dns.log" &
	dns=$!
	pids="$pids $dns"
	wait_for 10 grep -qs started "$work/dns.log"
}

# url NAME [LINE]...: what is there of it in capture.conf
url() {
	server_name=$1
	shift
	conf "$port" 'stall_timeout 100' "$@"
}

link_start 'rate 30000000'
printf 'nameserver 10.9.0.2\n' >"$work/resolv.conf"
cat >"$work/with-dns" <<END
mount --bind $work/resolv.conf /etc/resolv.conf && exec "\$@"
END
client_at="$at_a unshare -m sh $work/with-dns"
start_server

url collector.example 'deadline 150'
capture_limit=150
dns_start
capture_in_background
wait_for 20 has_arrived 4000
kill "$dns"
link_say 'down 65' # libcurl remembers names for a minute
wait_capture
expect_status 0
expect_arrived
expect_resent "$(figure retries)"
expect_log 'collector.example cannot be looked up, trying 10.9.0.2'
rm -rf "$store/web1"

url collector.example 'address collector.example 10.9.0.2'
capture
expect_status 0
expect_arrived
rm -rf "$store/web1"

url other.example 'address other.example 10.9.0.2'
capture
expect_status 69
expect_nothing_complete

url collector.example 'deadline 12'
capture
expect_status 75
