#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A proxy answers in the place of the server for some seconds: 502, 503, 423 as
# after a drop while the old connection is still there, 409.  vmcapture asks for
# the offset and goes on.  Retry-After is kept, as seconds and as a date.
set -u
. "${0%/*}/nginx.sh"

has_half() {
	[ "$(du -sk "$store" | cut -f1)" -gt 4000 ]
}

has_logged() {
	grep -q "$1" "$work/capture.log"
}

# later STATUS [DIRECTIVE]: the answer to each PATCH for two seconds
later() {
	rm -f "$store"/* "$work/busy"
	: >"$work/capture.log"
	start_nginx "client_max_body_size 0;
		set \$busy \$request_method;
		if (-f $work/busy) { set \$busy \"\$busy-busy\"; }
		if (\$busy = PATCH-busy) { ${2-} return $1; }"
	server_port=$port port=$proxy_port
	start_proxy -b 8000000
	port=$server_port
	conf "$proxy_port"
	capture_in_background
	wait_for 20 has_half
	touch "$work/busy"
	wait_for 5 has_logged "PATCH: HTTP $1"
	sleep 2
	rm "$work/busy"
	wait_capture
	kill "$nginx" "$proxy"
	expect_status 0
	foreign_arrived
	expect_log 'going on at offset'
	retries=$(nginx_figure retries) resent=$(nginx_figure resent)
	[ "$resent" -le $((retries * 262144)) ] ||
		fail "$resent bytes were sent again in $retries requests"
}

# waited FROM TO: once, and for so many milliseconds
waited() {
	waits=$(sed -n 's/.*trying again in \([0-9]*\) ms.*/\1/p' \
		"$work/capture.log")
	{ [ "$waits" -ge "$1" ] && [ "$waits" -le "$2" ]; } ||
		fail "waited for $waits ms, not for $1 to $2"
}

start_foreign
for answer in 502 423 409 503; do
	later "$answer"
done
later 503 'add_header Retry-After 8 always;'
waited 8000 10000
date=$(LC_ALL=C date -u -d '12 seconds' '+%a, %d %b %Y %H:%M:%S GMT')
later 503 "add_header Retry-After \"$date\" always;"
waited 5000 15000
