#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The capture kernel has too little memory to start at all: it panics before
# it has read its command line, and reboots the machine nevertheless.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

crashkernel=17M

e2e_setup
collector_start
guest_panic
check "the capture kernel did not get as far as init" test -z "$(stage init)"
check "vmcapture did not run" test ! -s "$work/verdict"
check "the machine rebooted by itself" \
	same "$(sed -n 's/^exit=//p' "$work/summary")" 0
check "the machine came back within 30 s of the panic" \
	at_most "$(stage end wall)" 30
e2e_done
