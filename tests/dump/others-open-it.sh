#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# crash, drgn and makedumpfile open a dump, whatever the codec: crash has the
# stack of the panic, the log and the device dumps, drgn has every task that it
# has in the vmcore, and makedumpfile filters it again to the same size.
set -u
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"

input
stock=$vmcore
vmcore=$work/vmcore
"$dump_tests/inject-dumps.py" "$stock" "$vmcore" first=3000000 second=100000 ||
	die 'no device dumps'

# extracted: crash lists two device dumps, and the second one is what it was
extracted() {
	cat "$work/crash.log"
	grep -q '^ *0 .*3002304 *first$' "$work/crash.log" &&
		cmp "$work/extracted" "$vmcore.1"
}

# tasks DUMP: drgn lists them as it does those of the vmcore
tasks() {
	"$dump_tests/list-tasks.py" "$1" "$vmlinux" >"$work/tasks" &&
		cmp "$work/tasks" "$work/tasks.wanted"
}

# filters_again DUMP: makedumpfile makes of it what it makes of the vmcore
filters_again() {
	rm -f "$work/again"
	makedumpfile -d 31 -l "$1" "$work/again" >"$work/again.log" 2>&1 ||
		tail -n 5 "$work/again.log"
	same "$(stat -c %s "$work/again")" "$(stat -c %s "$other")"
}

# has_log DUMP: --dump-dmesg extracts what it does from the vmcore
has_log() {
	rm -f "$work/dmesg"
	makedumpfile --dump-dmesg "$1" "$work/dmesg" &&
		cmp "$work/dmesg" "$work/dmesg.wanted"
}

"$dump_tests/list-tasks.py" "$stock" "$vmlinux" >"$work/tasks.wanted"
check "drgn lists at least 40 tasks of the vmcore" \
	test "$(grep -c '^task ' "$work/tasks.wanted")" -ge 40
reference theirs -d 31 -l
makedumpfile --dump-dmesg "$vmcore" "$work/dmesg.wanted" >/dev/null 2>&1

# takes CODEC: is makedumpfile built with what it wants?
takes() {
	case $1 in
	zstd* | auto) makedumpfile -v | grep -q '^zstd.*enabled' ;;
	esac
}

for codec in zstd:1 lzo zlib none auto; do
	capture ours -d 31 -z "$codec"
	check "$codec: vmcapture makes a dump" captured
	rm -f "$work/extracted"
	in_crash "$dump" bt log 'dev -V' "dev -v 1 $work/extracted" \
		>"$work/crash.log"
	check "$codec: crash shows the stack of the panic and the log" panicked
	check "$codec: crash lists and extracts device dumps" extracted
	check "$codec: drgn lists all tasks" tasks "$dump"
	if takes "$codec"; then
		check "$codec: makedumpfile extracts the log" has_log "$dump"
		check "$codec: makedumpfile filters it again to the same size" \
			filters_again "$dump"
	fi
	rm -rf "$work/ours"
done
rm -f "$vmcore" "$other"

input system-kernel-6.12
"$dump_tests/list-tasks.py" "$vmcore" "$vmlinux" >"$work/tasks.wanted"
check "drgn lists at least 40 tasks of the other kernel" \
	test "$(grep -c '^task ' "$work/tasks.wanted")" -ge 40
capture ours -d 31
check "vmcapture makes a dump of it, with what it does unless told" captured
check "drgn lists all its tasks" tasks "$dump"
finish
