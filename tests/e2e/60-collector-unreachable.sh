#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody listens at the collector's address: vmcapture goes on trying until
# its deadline, then failure_action comes: a shell on the console, which ends
# after its time, and then final_action.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_conf='deadline 10
failure_action shell
shell_timeout 2
final_action poweroff'

e2e_setup
collector_start
collector_stop
guest_panic
check "vmcapture gave up with 75" same \
	"$(tr -d '\r' <"$work/verdict")" 'vmcapture 75'
check "there was a shell on the console" logged 'built-in shell (ash)'
check "it ended after its time" logged 'guard: cttyhack: not done after 2 s'
check "the machine switched itself off" logged 'reboot: Power down'
check "that was within 30 s of the panic" at_most "$(stage end wall)" 30
e2e_done
