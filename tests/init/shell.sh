#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The shell on the console ends after shell_timeout, then final_action comes;
# after the shell of final_action itself, the reboot.
set -u
. "${0%/*}/lib.sh"

: >"$root/dev/console"
nic eth0 52:54:00:00:00:01
fake cttyhack 'echo prompt; exec /bin/sleep 300'
body='[ $1 != -c ] || exit 69'
settings failure_action=shell final_action=poweroff shell_timeout=1
run_init
expect_call 'cttyhack sh -i'
expect_call "busybox --install -s $root/bin"
expect_file /dev/console prompt
expect_kmsg 'guard: cttyhack: not done after 1 s: killed'
expect_end 'poweroff -f'

fake cttyhack
body=
settings final_action=shell
run_init
expect_call 'cttyhack sh -i'
expect_reboot
