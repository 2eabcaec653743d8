#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Device-dump drivers that hang, spin, oops, fail or want more than there is
# cost only themselves: the one after them is heard, the capture completes,
# and session.json, manifest.json and the log say what became of each.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

memory=320
crashkernel=40M
modules=
for how in hang spin oops fail huge; do
	modules="$modules dumptest_$how"
done
more_conf="device_dumps $modules absent dumptest_tiny
device_dump_timeout 3"
modules="$modules dumptest_tiny"
first_ack=12

# state NAME: in session.json
state() {
	echo "$(driver "$1" state) $(driver "$1" error)"
}

in_manifest() {
	sed -n '/"drivers"/,/]/p' "$session/manifest.json" >"$work/manifest"
	sed -n '/"drivers"/,/]/p' "$session/session.json" |
		diff - "$work/manifest"
}

in_log() {
	for name in hang spin oops fail huge tiny; do
		grep "vmcapture: driver dumptest_$name: " \
			"$session/kexec-dmesg.log" || return
	done
	grep 'vmcapture: driver absent: ' "$session/kexec-dmesg.log"
}

e2e_setup
collector_start
guest_panic
check_whole_capture
check "one that hangs is left behind" same \
	"$(state dumptest_hang)" "timeout null"
check "one that spins is left behind" same \
	"$(state dumptest_spin)" "timeout null"
check "one that oopses does not take the kernel along" same \
	"$(state dumptest_oops)" "oops null"
check "one that fails is reported with its error" same \
	"$(state dumptest_fail)" "failed I/O error"
check "one that is larger than the memory is refused" same \
	"$(state dumptest_huge)" "failed Out of memory"
check "one that is not in the image is reported" same \
	"$(state absent)" "missing null"
check "the one after them is heard" same \
	"$(state dumptest_tiny) $(driver dumptest_tiny bytes)" \
	"loaded null 4096"
check "its dump is the only one, and arrived" dumps_are_notes 1
check "the kernel has logged the oops and the refusal" grep -c -e \
	'not enough memory' -e 'kernel NULL pointer dereference' \
	"$session/kexec-dmesg.log"
check "manifest.json says the same of the drivers" in_manifest
check "the log has a line for each" in_log
e2e_done
