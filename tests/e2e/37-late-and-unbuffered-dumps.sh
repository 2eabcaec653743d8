#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A dump that comes when /proc/vmcore is open is refused and moves nothing.
# Dumps without a buffer are read when they are sent, and one whose device
# fails in the middle costs a page.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

memory=320
crashkernel=40M
format=elf
modules='dumptest_late dumptest_read dumptest_readfail'
more_conf='device_dumps dumptest_late dumptest_read dumptest_readfail
device_dump_options dumptest_late delay=4000
device_dump_options dumptest_read size=5000001
device_dump_options dumptest_readfail size=400000'
first_ack=12

# vmcore_check: between the loading of the drivers and the capture
vmcore_check() {
	mkdir -p "$work/overlay/bin"
	cp "$O/musl/vmcapture" "$work/overlay/bin/vmcapture-real"
	cp "$O/test/vmcore-check" "$work/overlay/bin"
	cat >"$work/overlay/bin/vmcapture" <<'END'
#!/bin/sh
case "$*" in *--load-drivers* | *--settings*) ;; *) vmcore-check ;; esac
exec vmcapture-real "$@"
END
	chmod +x "$work/overlay/bin/vmcapture"
}

# says WHAT: the result of vmcore-check
says() {
	sed -n "s/.*vmcore-check: $1: //p" "$session/kexec-dmesg.log"
}

# pattern NAME SIZE: the object has what the driver had
pattern() {
	"$O/test/dumppattern" "$2" 0 >"$work/pattern" &&
		dump "$1" | cmp -n "$2" - "$work/pattern"
}

# all_but_a_page: the byte in the middle cannot be read, nor its page
all_but_a_page() {
	"$O/test/dumppattern" 400000 0 >"$work/pattern"
	note_of 2 | head -c 400000 | cmp -l - "$work/pattern" >"$work/different"
	wc -l "$work/different"
	# In such a page a byte of the pattern may be zero by chance.
	[ "$(wc -l <"$work/different")" -gt 3500 ] &&
		[ "$(wc -l <"$work/different")" -le 4096 ]
}

e2e_setup
vmcore_check
collector_start
guest_panic
check_whole_capture
check "a dump before /proc/vmcore is opened counts in its size" same \
	"$(driver dumptest_late bytes)" 8192
check "a dump after that is refused" \
	grep 'dumptest_late_1 of 4096 bytes: -16' "$session/kexec-dmesg.log"
check "the kernel says so" grep \
	'dumptest_late_1 not added: /proc/vmcore has been opened' \
	"$session/kexec-dmesg.log"
check "there are three dumps" same \
	"$(notes | grep -c '^LINUX')" 3
check "one without a buffer arrived, up to its odd last byte" \
	pattern dumptest_read_0 5000001
check "stat() knew the size before the vmcore was opened" \
	same "$(says size)" right
check "the range of a dump without a buffer cannot be mapped, and says why" \
	same "$(says mmap)" "No such device"
check "reading notes and mapping at the same time do not lock each other" \
	same "$(says race)" "both get on"
check "one that fails in the middle lacks one page in the vmcore" \
	all_but_a_page
check "manifest.json counts it" same "$(manifest unreadable_bytes)" 4096
check "its object is noted as cut short" \
	grep 'device-dumps/02-dumptest_readfail_0' "$session/manifest.json"
e2e_done
