#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two Chelsio adapters, modelled by tests/models: the real cxgb4 collects the
# state of each, and both arrive as notes and as objects, with what the crashed
# kernel had written into the memory of one.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

adapters='t5:1:1,1,0 t6:2:1,1,0'
format=elf
modules='cxgb4 firmware_class zlib_deflate'
crashkernel=104M
more_conf='device_dump_timeout 150'
first_ack=60
# Window 0 of the adapter's memory is at 0x1b800 of BAR 0, its position in
# 0x306c: the words go to 0x40 of EDC0.
programs=$O/test/pci-poke
before_panic='pci-poke 0000:00:10.0 0 0x306c=0
	0x1b840=0x4b52414d 0x1b844=0x31313131 0x1b848=0x32323232'

# The notes as the series that brought device dumps showed them in 2018
# ("vmcore: append device dumps to vmcore as elf notes").  The size is the same
# in 6.12, and with or without the queue descriptors, since it is that of the
# driver's buffer: 32 MiB, 56 bytes and 72 times 52 bytes of headers, in whole
# pages with the 64 bytes of the note's header, of which 20 do not count.
expected_notes() {
	cat <<'END'
LINUX 0x02000fec Unknown note type: (0x00000700)
LINUX 0x02000fec Unknown note type: (0x00000700)
CORE 0x00000150 NT_PRSTATUS (prstatus structure)
VMCOREINFO SIZE Unknown note type: (0x00000000)
END
}

# entity DUMP NAME: one entity of a dump, inflated
entity() {
	"$O/test/cudbg" extract "$work/$1" "$2"
}

# edc DUMP SEED N: EDC N of the dump is that of the model, which is 1 MiB
edc() {
	entity "$1" "EDC$3" >"$work/edc" &&
		tail -c +$(($3 * 1048576 + 1)) "$work/adapter-$2.mem" |
		head -c 1048576 | cmp - "$work/edc"
}

# devlog DUMP SEED: the firmware's log lies at 0x100 of EDC0
devlog() {
	entity "$1" DEV_LOG >"$work/devlog" && [ -s "$work/devlog" ] &&
		tail -c +257 "$work/adapter-$2.mem" |
		cmp -n "$(wc -c <"$work/devlog")" - "$work/devlog"
}

# words_written: where the crashed kernel had written them
words_written() {
	entity t5 EDC0 | tail -c +65 | head -c 12 >"$work/words"
	same "$(cat "$work/words")" MARK11112222
}

no_queues() {
	"$O/test/cudbg" list "$work/$1" >"$work/list" || return
	cat "$work/list"
	grep '^QDESC  *-24 ' "$work/list" && grep -c . "$work/list"
}

e2e_setup
models_or_skip
collector_start
guest_panic
check_whole_capture
check "cxgb4 was loaded and left two dumps" \
	same "$(driver cxgb4 state) $(driver cxgb4 bytes)" "loaded 67117056"
check "readelf lists the notes as it did in 2018" \
	same "$(notes)" "$(expected_notes)"
check "the objects are the notes, byte for byte" dumps_are_notes 2
dump cxgb4_0000:00:10.0 >"$work/t5"
dump cxgb4_0000:00:11.0 >"$work/t6"
for n in 0 1; do
	check "T5: EDC$n is the memory of the first adapter" edc t5 1 "$n"
	check "T6: EDC$n is the memory of the second adapter" edc t6 2 "$n"
done
check "T5: the log of the firmware is that of the first adapter" devlog t5 1
check "T6: the log of the firmware is that of the second adapter" devlog t6 2
check "T5: what the crashed kernel wrote into the adapter is there" words_written
check "T5: no queue descriptors were looked for" no_queues t5
check "T6: no queue descriptors were looked for" no_queues t6
check "crash lists both dumps and extracts the second" \
	crash_extracts 2 "$work/t6"
rm -f "$work/t5" "$work/t6" "$work/edc" "$work/extracted"
e2e_done
