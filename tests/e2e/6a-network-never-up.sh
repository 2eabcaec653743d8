#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody answers DHCP: vmcapture runs all the same, in vain, and the machine
# comes back.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

netdev=hubport,hubid=0
more_conf='deadline 16'

e2e_setup
collector_start
guest_panic
check "the network goes on in the background" \
	logged 'lib/barecap/network: not done after [0-9]* s: goes on'
check "vmcapture gave up with 75 and the machine rebooted by itself" \
	ends 'vmcapture 75'
check "the machine came back within 30 s of the panic" \
	at_most "$(stage end wall)" 30
e2e_done
