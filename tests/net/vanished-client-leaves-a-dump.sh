#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client vanishes in the middle of the vmcore.  After abandon_timeout its
# session has ended as partial: the vmcore has the header that session.json
# promised, or the ELF file its mark, and manifest.json says what is missing.
# Whoever comes back after that is told so; a session without a byte is gone.
set -u
. "${0%/*}/lib.sh"

printf '%s\n' 'abandon_timeout 4' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"

# has_bytes N: the vmcore that is on its way
has_bytes() {
	find "$store" -name vmcore.incomplete -size "+$(($1 / 512))" |
		grep -q .
}

ended() {
	[ -e "$session/manifest.json" ]
}

# vanish FORMAT: sets $session
vanish() {
	rm -rf "$store/web1"
	start_proxy -b 4000000
	conf "$proxy_port" "format $1" 'compression none'
	"$vmcapture" -c "$work/capture.conf" -i "$vmcore" \
		2>>"$work/capture.log" &
	client=$!
	pids="$pids $client"
	wait_for 20 has_bytes 2000000
	kill -9 "$client"
	wait "$client" 2>/dev/null
	find_session web1
	ls_says abandoned\|running
	wait_for 20 ended
}

ls_says() {
	"$O/asan/vmcollectd" ls --store "$store" >"$work/ls.log" ||
		fail 'vmcollectd ls failed'
	grep -qE "web1 .*(${1})" "$work/ls.log" || fail "ls does not say $1"
}

# bytes OFFSET COUNT: of the vmcore, in hexadecimal
bytes() {
	od -An -tx1 -v -j "$1" -N "$2" "$session/vmcore" | tr -d ' \n'
}

expect_partial() {
	for text in '"result": "partial"' '"by": "vmcollectd"' \
		"{ \"name\": \"vmcore\", \"size\": $(stat -c %s "$session/vmcore") }" \
		'{ "name": "vmcore", "reason": "cut off" }' \
		'"name": "vmcore-dmesg.txt"'; do
		grep -q "$text" "$session/manifest.json" ||
			fail "not in the manifest: $text"
	done
	python3 -m json.tool "$session/manifest.json" >/dev/null ||
		fail 'the manifest is not JSON'
	[ ! -e "$session/vmcore.incomplete" ] || fail 'it is there twice'
	expect_server_log "${session##*/}: abandoned for .* ended as partial, 4 objects"
	ls_says partial
	"$O/asan/vmcollectd" verify --store "$store" >"$work/verify.log"
	[ $? = 75 ] || fail 'verify does not say that it is partial'
	grep -q 'partial, 1 missing or cut off' "$work/verify.log" ||
		fail 'verify does not say what it lacks'
	! grep -q damaged "$work/verify.log" || fail 'verify finds damage'
}

# The client would be told so, and nothing of it is taken any more.
expect_closed() {
	tus HEAD "/files/web1/${session##*/}/vmcore"
	[ "$code" = 410 ] || fail "what was cut off: $code"
	before=$(cksum <"$session/vmcore")
	head -c 100 /dev/zero >"$work/zeros"
	patch "/files/web1/${session##*/}/vmcore" \
		"$(stat -c %s "$session/vmcore")" "$work/zeros"
	expect_code 410
	[ "$before" = "$(cksum <"$session/vmcore")" ] || fail 'it was changed'
	create "${session##*/}" kexec-dmesg.log
	expect_code 409
	tus HEAD "/files/web1/${session##*/}/session.json"
	[ "$code" = 200 ] || fail "a finished object: $code"
}

vanish kdump
[ "$(bytes 0 8)" = 4b44554d50202020 ] || fail 'the vmcore has no header'
[ $((0x$(bytes 424 1) & 8)) = 8 ] || fail 'it does not say that it is incomplete'
expect_partial
expect_closed

vanish elf
[ "$(bytes 0 4)" = 7f454c46 ] || fail 'the vmcore is no ELF file'
[ $((0x$(bytes 48 1) & 1)) = 1 ] || fail 'it does not say that it is incomplete'
cmp -s -n 40 "$session/vmcore" "$vmcore" || fail 'more was changed than that'
expect_partial
expect_closed

# A device dump that was cut off keeps its name, and what never came is named.
create 20260101T000000Z-deadbeef device-dumps/00-x.zst
expect_code 201
patch /files/web1/20260101T000000Z-deadbeef/device-dumps/00-x.zst 0 "$work/zeros"
expect_code 204
# Nothing but a name.
create 20260101T000000Z-cafecafe a/b
expect_code 201
session=$store/web1/20260101T000000Z-deadbeef
wait_for 20 ended
grep -q '"device-dumps/00-x.zst", "reason": "cut off", "size": 100' \
	"$session/manifest.json" || fail 'the dump is not in the manifest'
grep -q '"vmcore", "reason": "not received"' "$session/manifest.json" ||
	fail 'the vmcore is not in the manifest'
cmp -s "$work/zeros" "$session/device-dumps/00-x.zst.incomplete" ||
	fail 'what was there of the dump is gone'
patch "/files/web1/${session##*/}/device-dumps/00-x.zst" 100 "$work/zeros"
expect_code 410
# It is younger than the other, so it may be gone a sweep later.
wait_for 20 grep -q '20260101T000000Z-cafecafe: abandoned for .* s with nothing' \
	"$work/server-1.log"
[ ! -e "$store/web1/20260101T000000Z-cafecafe" ] || fail 'it is still there'
