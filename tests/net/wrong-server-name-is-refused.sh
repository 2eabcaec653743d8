#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A certificate of the right CA, for another host.
set -u
. "${0%/*}/lib.sh"

sed -i 's/DNS:localhost,IP:127.0.0.1/DNS:elsewhere.example/' "$work/server.ext"
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" \
	-CAkey "$work/ca.key" -days 30 -extfile "$work/server.ext" \
	-out "$work/server.pem" 2>/dev/null || fail 'certificate'
start_server
for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	conf "$port"
	capture
	expect_status 69
	[ -z "$(ls "$store")" ] || fail "stored: $(find "$store")"
done
