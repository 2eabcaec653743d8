#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine that is to halt stays halted: its watchdog does not bite.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_qemu='-device i6300esb -action watchdog=reset'
more_conf='watchdog 2
final_action halt'
timeout=35

e2e_setup
collector_start
guest_panic
check "vmcapture ended with 0" same \
	"$(tr -d '\r' <"$work/verdict")" 'vmcapture 0'
check "the watchdog was there" logged 'guard: i6300ESB timer: bites after 2 s'
check "the machine halted" logged 'reboot: System halted'
check "it was still there when its watchdog would have bitten" same \
	"$(sed -n 's/^exit=//p' "$work/summary")" timeout
halted=$(sed -n 's/^\[ *\([0-9.]*\) .*reboot: System halted.*/\1/p' \
	"$work/console.log")
check "that was 10 s later at least" at_most "$halted" 25
e2e_done
