#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# /dev/watchdog0 is opened before the drivers are loaded, fed once a second
# while a stage is inside its limit, and never closed as if it were to stop.
set -u
. "${0%/*}/lib.sh"

: >"$root/dev/watchdog0"
nic eth0 52:54:00:00:00:01
body="case \$1 in
	--load-drivers)
		/bin/sleep 1
		[ -s $root/dev/watchdog0 ] || echo '# not open' >>$root/dev/kmsg ;;
	-c) /bin/sleep 4 ;;
	esac"
settings watchdog=33
run_init

! grep '^# not open' "$root/dev/kmsg" || fail 'not opened in time'
fed=$(cat "$root/dev/watchdog0")
case $fed in ....*) ;; *) fail "fed with $fed" ;; esac
[ "${#fed}" -le 20 ] || fail "fed too often: $fed"
[ -z "$(printf %s "$fed" | tr -d .)" ] || fail "fed with $fed"
expect_kmsg 'guard: watchdog: 33 s: Inappropriate ioctl for device'
