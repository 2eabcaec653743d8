#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The server lets nobody in with a certificate that ended yesterday, that is not
# for clients, or that another CA has signed.
set -u
. "${0%/*}/lib.sh"

certificate expired /CN=web1 clientAuth yesterday
certificate forserver /CN=web1 serverAuth
mv "$work/ca.pem" "$work/good.pem"
mv "$work/ca.key" "$work/good.key"
authority ca
certificate foreign /CN=web1 clientAuth
mv "$work/good.pem" "$work/ca.pem"
mv "$work/good.key" "$work/ca.key"
start_server
for who in expired forserver foreign; do
	conf "$port" "cert $work/$who.pem" "key $work/$who.key"
	capture
	expect_status 69
	[ -z "$(ls "$store")" ] || fail "stored: $(find "$store")"
done
expect_server_log 'refused with 403: .*expired'
