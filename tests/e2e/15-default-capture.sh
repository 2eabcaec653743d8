#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a machine with 2 GiB and a reservation of 24 MiB sends with nothing set
# but its target: kdump-compressed, level 31, compression that adapts.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

memory=2048
crashkernel=24M
compression=

# Pages were classified, and by far the most are not in the dump.
filtered() {
	grep -A1 '"filter": {' "$session/manifest.json"
	grep -q '"off_because": null' "$session/manifest.json" &&
		[ "$(manifest free)" -gt $((10 * $(manifest kept))) ]
}

e2e_setup
collector_start
guest_panic
check_whole_capture
check "free pages are left out" filtered
check "crash shows the backtrace" crash_shows sysrq_handle_crash bt
check "crash shows the log" crash_shows 'Trigger a crash' log
e2e_done
