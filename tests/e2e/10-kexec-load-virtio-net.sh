#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole way, with kexec_load and virtio-net in a reservation of 32 MiB;
# crash opens what landed and shows the task that panicked.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

# backtrace: crash finds the panic's own function in it
backtrace() {
	echo bt >"$work/crash.in"
	timeout 120 crash -s -i "$work/crash.in" "$O/system/vmlinux" \
		"$session/vmcore" </dev/null >"$work/crash.log" 2>&1
	cat "$work/crash.log"
	grep -q 'sysrq_handle_crash' "$work/crash.log"
}

e2e_setup
collector_start
guest_panic
check_whole_capture
check "crash shows the backtrace with sysrq_handle_crash" backtrace
e2e_done
