#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The link is too slow for all of the vmcore: it ends before the deadline, under
# its own name, with what there was time for.  The manifest says so, and its
# digests are those of what is there.
set -u
. "${0%/*}/lib.sh"

# expect_partial SECONDS: in time, all of it in its place, and in order
expect_partial() {
	expect_status 75
	[ "$took" -le "$1" ] || fail "took $took s, not $1"
	[ "$took" -ge $(($1 / 2)) ] || fail "took only $took s of $1"
	find_session web1
	grep -q '"result": "partial"' "$session/manifest.json" ||
		fail 'the manifest does not say that it is partial'
	grep -q '"why": "the deadline was near"' "$session/manifest.json" ||
		fail 'the manifest does not say why'
	[ -z "$(find "$store" -name '*.incomplete' -o -name '.*' -type f)" ] ||
		fail "leftovers: $(find "$store")"
	"$vmcollectd" verify --store "$store" >"$work/verify.log" 2>&1
	for object in session.json vmcore-dmesg.txt vmcore; do
		grep -q "/$object: ok" "$work/verify.log" ||
			fail "$object is not what the manifest says"
	done
}

# slow_capture FORMAT CHUNK SECONDS: sets $took
slow_capture() {
	rm -rf "$store/web1"
	conf "$proxy_port" "format $1" "chunk_size $2" "deadline $3" \
		'compression none'
	start=$(date +%s)
	capture
	took=$(($(date +%s) - start))
}

start_server
start_proxy -b 1000000
slow_capture elf 256K 16
expect_partial 16
size=$(stat -c %s "$session/vmcore")
[ "$size" -gt 4000000 ] || fail "only $size bytes arrived in $took s"
cmp -n "$size" "$session/vmcore" "$vmcore" || fail 'the vmcore differs'

# A chunk takes four seconds: there must be time for those on the way.
slow_capture kdump 4M 24
expect_partial 24
[ "$(figure not_sent)" -gt 1000 ] || fail 'the pages that lack are not counted'
[ "$(dd if="$session/vmcore" bs=8 count=1 status=none)" = 'KDUMP   ' ] ||
	fail 'the vmcore has no header'
