#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A dump that ends too early has no header.  With the one that session.json
# promises, marked incomplete, what did arrive is a dump: every page of it is
# what it was.  When the pages that are sent early have arrived, which are half
# of all in a guest as small as this one, crash shows the stack of the panic and
# the log, with the option that it asks for itself, and drgn shows the log.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input

# cut BYTES: the file target may not write behind them; $dump is what there is
cut() {
	rm -rf "$work/cut"
	(
		ulimit -f $(($1 / 512))
		exec "$vmcapture" -c /dev/null -i "$vmcore" -d 31 -z lzo \
			-t "file://$work/cut"
	) >"$work/cut.log" 2>&1
	status=$?
	session=$(find "$work/cut" -mindepth 1 -maxdepth 1 -type d)
	dump=$(find "$session" -name '*vmcore.incomplete*')
}

# unfinished: vmcapture failed, and what it left does not look like a dump
unfinished() {
	cat "$work/cut.log"
	[ "$status" != 0 ] && [ -s "$dump" ] && [ ! -e "$session/vmcore" ] &&
		! whole "$dump"
}

# add_header: in place, as whoever finds the file would
add_header() {
	"$dump_tests/json-value.py" "$session/session.json" vmcore.header |
		base64 -d >"$work/header" &&
		[ "$(wc -c <"$work/header")" -ge 464 ] &&
		dd if="$work/header" of="$dump" bs=4096 conv=notrunc
}

capture all -d 31 -z lzo
check "vmcapture makes a dump" captured
size=$(stat -c %s "$dump")
check "it is whole" whole "$dump"
data=$(figure data-offset)
rm -rf "$work/all"

# Percent of the page data.
for part in 2 30 60 80 97; do
	cut $((data + (size - data) * part / 100))
	check "cut at $part %: nothing looks finished" unfinished
	check "cut at $part %: session.json has a header" add_header
	check "cut at $part %: what arrived is right" incomplete
	[ "$part" -ge 60 ] || continue
	check_incomplete "cut at $part %"
done
finish
