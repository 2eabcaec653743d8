#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# 32 MiB of a PCI device's memory, read by vmcoredd_pci while they are sent,
# in a reservation of 32 MiB, and what vmcoredd_pci refuses or finds dead.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

crashkernel=32M
modules='vmcoredd_pci dumptest_fill'
adapters='t5:4:1,0,0:dead'
# ivshmem; its BAR 1 does not exist; a range beyond the end; an I/O BAR of the
# network adapter; a device that answers all-ones; nobody; nonsense.
entries=1af4:1110/2,1af4:1110/1,1af4:1110/2@31M+2M,1af4:1000/0
entries=$entries,0000:00:10.0/0@0+4K,00:1e.0/0,what
more_conf="device_dumps dumptest_fill vmcoredd_pci
device_dump_options dumptest_fill size=33554432
device_dump_options vmcoredd_pci devices=$entries"
first_ack=10

# content FILE: behind the header of 64 bytes, without the last page's zeros
content() {
	tail -c +65 "$1" | head -c 33554432
}

# header OFFSET TYPE LENGTH: a field of it
header() {
	od -An -t"$2" -j "$1" -N "$3" "$work/dump" | tr -d ' '
}

# log TEXT...: each is in the log of the capture kernel
log() {
	for text; do
		echo "$text"
		grep -F "$text" "$session/kexec-dmesg.log" || return
	done
}

e2e_setup
dumps=2 last=pci_0000:00:10.0_bar0
models_work || adapters='' dumps=1 last=pci_0000:00:12.0_bar2
head -c 33554432 /dev/urandom >"$work/ivshmem"
more_qemu="-object memory-backend-file,id=iv,size=32M,mem-path=$work/ivshmem,share=on
	-device ivshmem-plain,memdev=iv,addr=0x12"
collector_start
guest_panic
check_whole_capture
check "a dump of that size with a buffer does not fit" log \
	'dumptest_fill_0 of 33558528 bytes not added: not enough memory'
dump pci_0000:00:12.0_bar2 >"$work/dump"
content "$work/dump" >"$work/content"
check "the memory of the device arrived, byte for byte" \
	cmp "$work/ivshmem" "$work/content"
check "its header has the ids, the BAR and the length" same \
	"$(header 16 x2 4) $(header 34 u1 1) $(header 56 u8 8)" \
	"1af41110 2 33554432"
check "the objects are the notes, byte for byte" dumps_are_notes "$dumps"
dump "$last" >"$work/last"
check "crash lists the dumps and extracts the last" crash_extracts "$dumps" \
	"$work/last"
[ -z "$adapters" ] ||
	check "a device that answers all-ones is reported, and stops nothing" \
		log 'pci_0000:00:10.0_bar0 begins with all ones'
check "what cannot be read is refused, each with its reason" log \
	'1af4:1110/1: there is no such BAR' \
	'1af4:1110/2@31M+2M: the range is not inside the BAR' \
	'1af4:1000/0: the BAR is not memory' \
	'00:1e.0/0: no such device' \
	"bad entry 'what'"
e2e_done
