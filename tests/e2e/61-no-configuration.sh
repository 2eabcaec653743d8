#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An image without capture.conf: vmcapture says so, the machine comes back.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

with_conf=0

e2e_setup
collector_start
guest_panic
check "vmcapture ended with 78 and the machine rebooted by itself" \
	ends 'vmcapture 78'
check "the machine came back within 20 s of the panic" \
	at_most "$(stage end wall)" 20
check "nothing arrived" test -z "$(find "$store" -type f)"
e2e_done
