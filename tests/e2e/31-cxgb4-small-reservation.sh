#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One Chelsio adapter in a reservation of 64 MiB: 32 of them are its dump.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

adapters='t5:3:1,0,0'
modules='cxgb4 firmware_class zlib_deflate'
crashkernel=64M
more_conf='device_dump_timeout 150'
first_ack=60

e2e_setup
models_or_skip
collector_start
guest_panic
check_whole_capture
check "cxgb4 was loaded and left its dump" \
	same "$(driver cxgb4 state) $(driver cxgb4 bytes)" "loaded 33558528"
check "the object is the note, byte for byte" dumps_are_notes 1
dump cxgb4_0000:00:10.0 >"$work/t5"
"$O/test/cudbg" extract "$work/t5" EDC0 >"$work/edc"
check "the memory of the adapter is in it" \
	cmp "$work/edc" "$work/adapter-3.mem"
rm -f "$work/t5" "$work/edc"
e2e_done
