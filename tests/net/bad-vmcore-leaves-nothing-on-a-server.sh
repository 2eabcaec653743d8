#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A vmcore that is cut, that lies about its notes and its memory, that is no
# vmcore: exit status 65, and nothing that looks complete on the server, with
# either program.
set -u
. "${0%/*}/lib.sh"

start_server
conf "$port"
mk() {
	printf '%s\n' "$2" >"$work/description"
	"$O/test/mkvmcore" "$work/description" "$work/bad-$1" ||
		fail "mkvmcore $1"
}
good='note CORE 1
zero 336
load 0xffff888000000000 0
fill 65536 1'
mk cut "$good
cut 40000"
mk cut-headers "$good
cut 100"
mk overrun "note CORE 1
nhdr descsz 0x7fffffff
zero 336
load 0 0
fill 4096 1"
mk no-load 'note CORE 1
zero 336'
mk longer "$good
phdr filesz 0x100000"
mk wraps "$good
phdr offset 0xfffffffffffff000"
mk 32bit "$good
ehdr class 1"
mk big-endian "$good
ehdr data 2"
mk no-core "$good
ehdr type 2"
cp "$repo/LICENSE" "$work/bad-text"
: >"$work/bad-empty"
head -c 4096 /dev/urandom >"$work/bad-random"

for vmcore in "$work"/bad-*; do
	for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
		: >"$work/capture.log"
		capture
		expect_status 65
		[ -s "$work/capture.log" ] || fail 'not a word'
	done
done
[ -z "$(find "$store" -name manifest.json -o -name vmcore)" ] ||
	fail "complete: $(find "$store" -type f)"
