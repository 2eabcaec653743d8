#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The feeder of the watchdog dies: the watchdog bites, though all else is well.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_qemu='-device i6300esb -action watchdog=reset'
more_conf='watchdog 5'

e2e_setup
program /etc/barecap/pre.d/kill <<'END'
#!/bin/sh
for task in /proc/[0-9]*; do
	[ "$(tr '\0' ' ' <$task/cmdline)" != 'guard watch ' ] ||
		kill -9 ${task#/proc/}
done
sleep 50
END
collector_start
guest_panic
check "the watchdog bit" bitten
check "the machine came back within 20 s of the panic" \
	at_most "$(stage end wall)" 20
check "it was not at its end anyway" test ! -s "$work/verdict"
e2e_done
