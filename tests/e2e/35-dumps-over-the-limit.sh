#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcoredd_limit=20K, and dumps that take 8 KiB each: two are taken, what is
# beyond is refused, and the capture completes.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

memory=320
crashkernel=40M
modules=dumptest_many
more_conf='device_dumps dumptest_many'
more_cmdline='vmcoredd_limit=20K dumptest_many.count=3'
first_ack=5

e2e_setup
collector_start
guest_panic
check_whole_capture
check "the driver is told that there is no memory for the third" same \
	"$(driver dumptest_many state) $(driver dumptest_many error)" \
	"failed Out of memory"
check "the two before it are there" dumps_are_notes 2
check "the log says why" \
	grep 'dumptest_many_2 of 8192 bytes not added: over vmcoredd_limit' \
	"$session/kexec-dmesg.log"
e2e_done
