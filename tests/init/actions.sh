#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# final_action after a complete session, failure_action after any other; a
# machine that is to stay halted must not be bitten by the watchdog.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
settings final_action=poweroff failure_action=halt
: >"$root/dev/watchdog0"
run_init
expect_end 'poweroff -f'
expect_file /dev/watchdog0 "$(tr -d V <"$root/dev/watchdog0")"

body='[ $1 != -c ] || exit 69'
settings final_action=poweroff failure_action=halt
fake halt "/bin/sleep 1.5; kill -9 -\$PPID"
: >"$root/dev/watchdog0"
run_init
expect_end 'halt -f'
case $(cat "$root/dev/watchdog0") in
*V) ;;
*) fail 'the watchdog would bite' ;;
esac

settings final_action=poweroff failure_action=reboot
run_init
expect_reboot
