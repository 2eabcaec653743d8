#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A sync that never comes back does not keep the machine from rebooting.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
fake sync 'exec /bin/sleep 300'
run_init

expect_kmsg 'guard: sync: not done after 5 s: killed'
expect_reboot
