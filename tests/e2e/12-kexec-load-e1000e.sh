#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole way, with kexec_load and e1000e.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

nic=e1000e,mac=52:54:00:00:00:01

e2e_setup
collector_start
guest_panic
check_whole_capture
e2e_done
