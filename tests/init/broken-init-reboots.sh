#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An error of the shell in the middle of init still ends in the reboot.
set -u
. "${0%/*}/lib.sh"

mkdir -p "$work/repo/initramfs"
sed 's/^memory$/memory "$no_such_variable"/' "$repo/initramfs/init" \
	>"$work/repo/initramfs/init"
repo=$work/repo
nic eth0 52:54:00:00:00:01
run_init

expect_no_call 'vmcapture -c'
expect_reboot
