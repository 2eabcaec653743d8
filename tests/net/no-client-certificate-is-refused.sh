#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without a client certificate each request gets 403 and one line, before its
# body is read.
set -u
. "${0%/*}/lib.sh"

start_server
: >"$work/answer"
for method in POST HEAD PATCH DELETE; do
	option=
	[ "$method" != HEAD ] || option=--head
	# shellcheck disable=SC2086 # nothing or one option
	code=$(curl -s $option --cacert "$work/ca.pem" -X "$method" \
		-H 'Tus-Resumable: 1.0.0' -H 'Upload-Defer-Length: 1' \
		-H 'Upload-Metadata: session czE=,object bzE=' --max-time 20 \
		-o "$work/answer" -w '%{http_code}' \
		"https://localhost:$port/files")
	[ "$code" = 403 ] || fail "$method: HTTP $code"
done
# A body that would take half a minute to send.
start=$(date +%s)
code=$(curl -s --cacert "$work/ca.pem" -X PATCH -H 'Tus-Resumable: 1.0.0' \
	--limit-rate 1M --data-binary "@$vmcore" --max-time 40 \
	-o "$work/answer" -w '%{http_code}' \
	"https://localhost:$port/files/web1/s1/o1")
[ "$code" = 403 ] || fail "PATCH with a body: HTTP $code"
[ $(($(date +%s) - start)) -lt 10 ] || fail 'the body was read'
[ -z "$(ls "$store")" ] || fail "stored: $(find "$store")"
