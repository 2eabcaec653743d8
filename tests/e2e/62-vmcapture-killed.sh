#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture is killed while it sends: what had arrived does not look complete,
# and a second vmcapture, in what is left of the time, brings it all.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

format=elf # takes long enough

e2e_setup
program /etc/barecap/pre.d/kill <<'END'
#!/bin/sh
{
	while [ ! -s /run/barecap/progress ]; do sleep 0.1; done
	sleep 1
	kill -9 $(grep -lx vmcapture /proc/[0-9]*/comm | cut -d/ -f3)
} &
END
collector_start
guest_panic
check "init saw the signal" logged 'init: vmcapture: exit status 137'
check "the second one ended with 0 and the machine rebooted by itself" \
	ends 'vmcapture 0'
check "the first vmcore is there as far as it got" \
	test -n "$(find "$store" -name vmcore.incomplete -size +0)"
check "there are two sessions, and one of them is complete" same \
	"$(find "$store" -name session.json | wc -l) $(find "$store" -name \
		manifest.json | wc -l)" '2 1'
session=$(dirname "$(find "$store" -name manifest.json)")
check "it has the digests that the capture kernel computed" is_as_sent
e2e_done
