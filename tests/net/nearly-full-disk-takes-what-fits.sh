#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What has arrived of a body is on the disk: it is not counted a second time as
# what may still come, so that another one is taken as long as both fit.
set -u
. "${0%/*}/lib.sh"

mount -t tmpfs -o size=10m tmpfs "$store" 2>/dev/null ||
	skip 'no permission to mount a small file system'
mounted=$store
echo 'reserve 0' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
head -c 3000000 /dev/urandom >"$work/large"
head -c 1000000 /dev/urandom >"$work/small"
base=20260101T000000Z-0000000

# arrived BYTES: of the body, which has no name yet
arrived() {
	[ "$(stat -f -c '%a * %S / 1000000' "$store" | xargs expr)" -le "$1" ]
}

create "${base}1" large
expect_code 201
create "${base}2" small
expect_code 201
(
	patch "/files/web1/${base}1/large" 0 "$work/large" --limit-rate 1M
	echo "$code" >"$work/code"
) &
slow=$!
pids="$pids $slow"
# Of 10.4 MB 2.5 are taken: those, 0.5 twice and 1.0 twice must fit.
wait_for 20 arrived 7
patch "/files/web1/${base}2/small" 0 "$work/small"
expect_code 204
wait "$slow"
[ "$(cat "$work/code")" = 204 ] || fail "the other one: $(cat "$work/code")"
cmp -s "$work/large" "$store/web1/${base}1/large.incomplete" ||
	fail 'it is not what was sent'
