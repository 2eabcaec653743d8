#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole way to an NFS server in a reservation of 24 MiB: version 4.2, and a
# directory below the export that is not there yet.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"
crashkernel=24M

e2e_setup
nfs_start
guest_panic
check_whole_capture
check "crash shows the backtrace" crash_shows sysrq_handle_crash bt
check "it was version 4.2" grep -q 'crash: vers=4.2: mounted' "$work/console.log"
e2e_done
