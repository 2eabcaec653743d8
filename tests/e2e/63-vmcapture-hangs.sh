#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture hangs and ignores signals: the guard in init reboots the machine
# when barecap.deadline is over.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_cmdline=barecap.deadline=8

e2e_setup
mkdir -p "$work/overlay/bin"
cat >"$work/overlay/bin/vmcapture" <<'END'
#!/bin/sh
trap '' INT TERM HUP
while :; do sleep 1000; done
END
chmod +x "$work/overlay/bin/vmcapture"
collector_start
guest_panic
check "the guard rebooted the machine" \
	grep 'init: deadline of 8 s is over' "$work/console.log"
check "QEMU ended by itself" same "$(sed -n 's/^exit=//p' "$work/summary")" 0
check "the machine came back within 20 s of the panic" \
	at_most "$(stage end wall)" 20
e2e_done
