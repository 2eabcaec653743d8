#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The machine's RTC says 2001.  NTP had put the system kernel right, but the
# capture kernel starts from the RTC: without the clock floor no certificate
# would be valid yet.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

now=$(date +%s)
more_qemu='-rtc base=2001-01-01T00:00:00'

e2e_setup
collector_start
guest_panic
check_whole_capture
check "vmcapture has put the clock right" \
	grep '"clock_set": true' "$session/session.json"
check "the session is named after the true time of the crash" \
	same "$(basename "$session" | cut -c1-4)" "$(date -ud "@$now" +%Y)"
e2e_done
