#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# crash reads at most 64 device dumps: the vmcore has so many, and all 70 are
# there as objects.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

memory=320
crashkernel=40M
format=elf
modules=dumptest_many
more_conf='device_dumps dumptest_many'
first_ack=5

# pattern N: what dump N has, see kernel/dumptest
all_there() {
	for n in $(seq 0 69); do
		"$O/test/dumppattern" 4096 "$n" >"$work/pattern"
		dump "dumptest_many_$n" | cmp -n 4096 - "$work/pattern" ||
			return
	done
}

e2e_setup
collector_start
guest_panic
check_whole_capture
check "all 70 are there as objects, each with its content" all_there
check "64 are in the vmcore, where readelf finds them" same \
	"$(notes | uniq -c | head -n 1)" \
	"$(printf '%7d LINUX 0x00001fec Unknown note type: (0x00000700)' 64)"
dump dumptest_many_63 >"$work/last"
check "crash lists 64 and extracts the last" crash_extracts 64 "$work/last"
check "the log says which are left out of the vmcore" \
	grep 'vmcapture: .*6.* device dumps' "$session/kexec-dmesg.log"
e2e_done
