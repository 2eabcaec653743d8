#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# novmcoredd on the capture kernel's command line: drivers are refused, and
# the capture completes without device dumps.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

memory=320
crashkernel=40M
modules=dumptest_tiny
more_conf='device_dumps dumptest_tiny'
more_cmdline=novmcoredd
first_ack=5

e2e_setup
collector_start
guest_panic
check_whole_capture
check "the driver is refused" same \
	"$(driver dumptest_tiny state) $(driver dumptest_tiny error)" \
	"failed Invalid argument"
check "there is no device dump" same \
	"$(sed -n 's/^ *"n_device_dumps": //p' "$session/session.json")" 0,
e2e_done
