#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PID 1 dies: the capture kernel panics, and reboots.  No signal does that to
# PID 1, so its code is overwritten.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

e2e_setup
program /etc/barecap/pre.d/kill <<'END'
#!/bin/sh
page=$(sed -n 's/^0*\([0-9a-f]*\)-.* r-xp .*/\1/p' /proc/1/maps | head -n 1)
dd if=/dev/zero of=/proc/1/mem bs=4096 seek=$((0x$page / 4096)) count=60
END
collector_start
guest_panic
check "PID 1 is dead" logged 'Attempted to kill init'
check "QEMU ended by itself" same "$(sed -n 's/^exit=//p' "$work/summary")" 0
check "the machine came back within 20 s of the panic" \
	at_most "$(stage end wall)" 20
e2e_done
