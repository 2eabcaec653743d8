#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody listens at the collector's address: vmcapture goes on trying until
# its deadline, then the machine comes back.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_conf='deadline 8'
more_cmdline=barecap.deadline=60

e2e_setup
collector_start
collector_stop
guest_panic
check "vmcapture gave up with 75 and the machine rebooted by itself" \
	ends 'vmcapture 75'
check "the machine came back within 30 s of the panic" \
	at_most "$(stage end wall)" 30
e2e_done
