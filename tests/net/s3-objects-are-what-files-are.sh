#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The object that a store puts together is the file that the file target
# writes: with kdump's head in several places, as ELF, with threads, in many
# parts and in few; and nobody sees the keys.
. "${0%/*}/lib.sh"
. "${0%/*}/s3.sh"

# remove_all: so that there is one session again
remove_all() {
	for name in session.json vmcore-dmesg.txt vmcore manifest.json; do
		s3 DELETE "/crash/$prefix/$name"
	done
}

# round PARTS [LINE]...: a capture with these lines; of so many parts at least
round() {
	parts=$1
	shift
	s3conf "$@"
	capture
	expect_status 0
	file_vmcore
	expect_vmcore "$work/want"
	s3 HEAD "/crash/$prefix/vmcore" --head
	n=$(sed -n 's/^[Ee][Tt]ag: *"\{0,1\}[0-9a-f]*-\([0-9]*\).*/\1/p' \
		"$work/headers")
	[ "${n:-0}" -ge "$parts" ] || fail "$n parts, not $parts"
	s3 HEAD "/crash/$prefix/session.json" --head
	! grep -qi '^etag: .*-[0-9]*"' "$work/headers" ||
		fail "a small object is in parts"
	remove_all
}

# Whoever changes a byte on the way is noticed: the hash is signed.
wrong_hash() {
	echo content >"$work/content"
	sha256=$(echo other | sha256sum)
	sha256=${sha256%% *} s3 PUT /crash/wrong -T "$work/content"
	unset sha256
	[ "$code" = 400 ] || fail "a wrong hash is taken: HTTP $code"
}

for store in ceph swift; do
	start_store $store
	round 4 'dump_level 31' 'threads 2'
	round 11 'format elf' 'dump_level 0'
	round 1 'dump_level 31' 's3_max_parts 10'
	n_small=$n
	round 1 'format elf' 'dump_level 0' 's3_max_parts 10'
	[ "$n" -le 10 ] && [ "$n_small" -le 10 ] || fail "$n, $n_small parts"
	wrong_hash

	chmod 644 "$work/keys"
	s3conf
	capture
	[ "$status" != 0 ] || fail "keys that all can read are taken"
	expect_log 'only its owner'
	expect_no_secrets
	stop_store
done
