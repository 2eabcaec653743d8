#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture hangs, ignores signals, and reboot(2) does not work: guard kills
# the one and does by sysrq-b what the other should have done.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_cmdline=barecap.deadline=8

e2e_setup
program /bin/vmcapture <<'END'
#!/bin/sh
[ "$1" = -c ] || exit 0
trap '' INT TERM HUP
while :; do sleep 1000; done
END
program /bin/reboot <<'END'
#!/bin/sh
sleep 1000
END
collector_start
guest_panic
check "vmcapture was killed when its time was over" \
	logged 'guard: vmcapture: not done after [0-9]* s: killed'
check "guard reset the machine" \
	logged 'guard: stage end: over its limit: resetting the machine'
check "QEMU ended by itself" same "$(sed -n 's/^exit=//p' "$work/summary")" 0
check "the machine came back within 40 s of the panic" \
	at_most "$(stage end wall)" 40
e2e_done
