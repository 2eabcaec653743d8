#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture is killed while it sends: the machine comes back, and what had
# arrived does not look complete.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

crashkernel=64M # there are two vmcapture in this image
format=elf # takes long enough

e2e_setup
mkdir -p "$work/overlay/bin"
cp "$O/musl/vmcapture" "$work/overlay/bin/vmcapture-real"
cat >"$work/overlay/bin/vmcapture" <<'END'
#!/bin/sh
vmcapture-real "$@" &
sleep 3
busybox kill -9 $!
wait $!
END
chmod +x "$work/overlay/bin/vmcapture"
collector_start
guest_panic
check "init saw the signal and the machine rebooted by itself" \
	ends 'vmcapture 137'
check "the vmcore is there as far as it got" \
	test -n "$(find "$store" -name vmcore.incomplete -size +0)"
check "the session does not look complete" \
	test -z "$(find "$store" -name manifest.json)"
e2e_done
