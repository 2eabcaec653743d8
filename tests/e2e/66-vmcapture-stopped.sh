#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture is stopped, twice: nothing is acknowledged, so it is killed when
# the stall timeout is over, and the machine comes back.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_qemu='-device i6300esb -action watchdog=reset'
more_conf='stall_timeout 2
watchdog 10'
format=elf # takes long enough

e2e_setup
program /etc/barecap/pre.d/stop <<'END'
#!/bin/sh
{
	while :; do
		sleep 0.5
		[ ! -s /run/barecap/progress ] || kill -STOP \
			$(grep -lx vmcapture /proc/[0-9]*/comm | cut -d/ -f3)
	done
} 2>/dev/null &
END
collector_start
guest_panic
check "guard saw that nothing moved" \
	logged 'guard: vmcapture: no progress for 8 s: killed'
check "init said so, and the machine rebooted by itself" ends 'vmcapture 124'
check "the machine came back within 45 s of the panic" \
	at_most "$(stage end wall)" 45
e2e_done
