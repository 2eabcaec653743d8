#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kdump_pre can say that there is to be no dump; one that cannot be run, or is
# killed by a signal, has not said so.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
settings kdump_pre=/etc/hook final_action=poweroff
for body in 'exit 1' 'exit 255'; do
	printf '#!/bin/sh\n%s\n' "$body" >"$root/etc/hook"
	chmod +x "$root/etc/hook"
	: >"$calls"
	run_init
	expect_kmsg '<3>init: no dump: /etc/hook does not want one'
	expect_no_call 'vmcapture -c'
	expect_end 'poweroff -f'
done

for body in 'kill -9 $$' 'exec /no/such/program' 'exit 0'; do
	printf '#!/bin/sh\n%s\n' "$body" >"$root/etc/hook"
	: >"$calls"
	run_init
	expect_capture
done
rm "$root/etc/hook"
: >"$calls"
run_init
expect_capture
