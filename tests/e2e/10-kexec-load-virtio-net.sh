#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole way, with kexec_load and virtio-net in a reservation of 32 MiB;
# crash opens what landed and shows the task that panicked.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

e2e_setup
collector_start
guest_panic
check_whole_capture
check "crash shows the backtrace" crash_shows sysrq_handle_crash bt
e2e_done
