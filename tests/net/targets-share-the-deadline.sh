#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Three targets: the first one refuses for good, since its certificate is not of
# the CA; the second one takes the connection and stays silent until its share of
# the deadline is over; the third one gets everything.  Its manifest says so.
set -u
. "${0%/*}/lib.sh"

# is_target URL RESULT ERROR TRIES: what the manifest says of it, in this order
is_target() {
	tr -d ' \n' <"$session/manifest.json" | grep -q -F \
		"{\"url\":\"$1\",\"here\":$2,\"result\":\"$3\",\"error\":$4,\"tries\":1,"
}

start_server
good=$port
authority other
mv "$work/ca.pem" "$work/the.pem"
mv "$work/ca.key" "$work/the.key"
cp "$work/other.pem" "$work/ca.pem"
cp "$work/other.key" "$work/ca.key"
certificate server /CN=collector serverAuth
mv "$work/the.pem" "$work/ca.pem"
mv "$work/the.key" "$work/ca.key"
port=0
mkdir "$work/other"
start_server --store "$work/other"
bad=$port
port=$good
start_proxy -h 1
conf "$bad" "https https://localhost:$proxy_port/files" \
	"https https://localhost:$good/files" 'deadline 12' 'stall_timeout 60'
start=$(date +%s)
capture
took=$(($(date +%s) - start))
expect_status 0
expect_arrived
expect_log "localhost:$bad/files: given up for good"
expect_log "localhost:$proxy_port/files: given up$"
# Half of what was left when it was its turn.
{ [ "$took" -ge 5 ] && [ "$took" -le 8 ]; } || fail "took $took s"
is_target "https://localhost:$bad/files" false refused '"Permissiondenied"' ||
	fail 'the manifest does not say who refused'
is_target "https://localhost:$proxy_port/files" false failed \
	'"Operationtimedout"' ||
	is_target "https://localhost:$proxy_port/files" false failed \
		'"Connectiontimedout"' ||
	fail 'the manifest does not say who was silent'
is_target "https://localhost:$good/files" true complete null ||
	fail 'the manifest does not say who got it'
