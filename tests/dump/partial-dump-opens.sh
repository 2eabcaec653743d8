#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The deadline comes before the end of a real vmcore: on a slow link, vmcapture
# ends it early, itself.  What is at the collector then is a dump that says that
# it is incomplete: every page of it is what it was, crash shows the stack of the
# panic and the log, and drgn shows the log.  Of an ELF file, which ends before
# its headers say, drgn shows the log too.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input

# ended_in_time BYTES-PER-SECOND LINE...: the session is in $work/slow
ended_in_time() {
	"$dump_tests/slow-session" "$vmcore" "$work/slow" "$@" \
		>"$work/slow.log" 2>&1
	result=$?
	cat "$work/slow.log"
	return "$result"
}

# is_partial: and nothing is wrong with the digests of what is there
is_partial() {
	session=$work/slow dump=$work/slow/vmcore
	[ "$(manifest result)" = partial ] &&
		[ "$(manifest why)" = 'the deadline was near' ] &&
		grep -q '/vmcore: ok' "$work/slow.log"
}

# incomplete: it says so, and lacks as many pages as the manifest says
incomplete() {
	whole "$dump" && [ $(($(figure status) & 8)) = 8 ] &&
		[ "$(figure missing)" -gt 0 ] &&
		same "$(figure missing)" "$(manifest vmcore.pages.not_sent)"
}

check "vmcapture ends it in time" \
	ended_in_time 2000000 'compression lzo' 'format kdump'
check "the manifest says that it is partial" is_partial
check "the dump says that it is incomplete, and is right" incomplete
check_incomplete "what there is of it"

check "vmcapture ends an ELF file in time" ended_in_time 8000000 'format elf'
check "the manifest says that it is partial too" is_partial
check "drgn shows its log" log_in_drgn
finish
