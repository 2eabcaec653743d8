#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The capture kernel panics and, told to, does not reboot: the watchdog bites.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_qemu='-device i6300esb -action watchdog=reset'
more_conf='watchdog 6'
more_cmdline=panic=0

e2e_setup
program /etc/barecap/pre.d/panic <<'END'
#!/bin/sh
echo c >/proc/sysrq-trigger
END
collector_start
guest_panic
check "the capture kernel panicked" test -n "$(stage capture-panic)"
check "the watchdog bit" bitten
check "the machine came back within 25 s of the panic" \
	at_most "$(stage end wall)" 25
e2e_done
