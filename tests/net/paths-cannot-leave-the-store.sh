#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Names with slashes, dots, escapes and control characters are refused, and
# nothing appears outside of the client's directory.
set -u
. "${0%/*}/lib.sh"

start_server
touch "$work/before"
for name in .. ../x a/../b /etc /tmp/x a//b a/b/c .hidden '' 'a b' x.incomplete \
	"$(printf 'a\nb')" "$(printf '%0200d' 0)" 'a\b' '%2e%2e'; do
	create s1 "$name"
	expect_code 400
	case $name in a/b/c | x.incomplete) continue ;; esac
	create "$name" o1
	expect_code 400
done
for path in /files/web1/../web1/s1/o1 /files/../../etc/passwd \
	/files/web1/%2e%2e/s1/o1 /files/web1//o1 /files/web1/s1 /other \
	/files/web1/s1/.o1.state; do
	tus HEAD "$path"
	[ "$code" = 404 ] || fail "HEAD $path: $code"
	patch "$path" 0 "$work/ca.pem"
	expect_code 404
done
for subject in '/CN=..\/web1' '/CN=.' '/CN=a b' '/CN=a\/b'; do
	certificate web1 "$subject" clientAuth
	sed -i '/subjectAltName/d' "$work/web1.ext"
	openssl x509 -req -in "$work/web1.csr" -CA "$work/ca.pem" \
		-CAkey "$work/ca.key" -days 30 -extfile "$work/web1.ext" \
		-out "$work/web1.pem" 2>/dev/null
	create s1 o1
	expect_code 403
done
[ -z "$(ls -A "$store")" ] || fail "stored: $(find "$store")"
