#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A deadline that is no number of seconds leaves the default, never none.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
for value in '' 0 -5 1h; do
	cmdline barecap.deadline=$value
	: >"$calls"
	run_init
	expect_capture 1797
	expect_reboot
done
