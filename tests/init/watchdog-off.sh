#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# "watchdog 0" lets it go in the way that its driver understands.
set -u
. "${0%/*}/lib.sh"

: >"$root/dev/watchdog0"
nic eth0 52:54:00:00:00:01
body='[ $1 != -c ] || exec /bin/sleep 3'
settings watchdog=0
run_init

case $(cat "$root/dev/watchdog0") in
*V) ;;
*) fail "the last word is $(cat "$root/dev/watchdog0")" ;;
esac
expect_reboot
