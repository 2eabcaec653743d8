#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A vmcapture that is killed gets a second chance, and no third.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
body="[ \$1 != -c ] || [ \$(grep -c '^vmcapture -c' $calls) -ge 2 ] ||
	kill -9 \$\$"
settings final_action=poweroff
run_init
expect_kmsg '<3>init: vmcapture: exit status 137'
expect_kmsg '<5>init: vmcapture: exit status 0'
expect_end 'poweroff -f'

: >"$calls"
body='[ $1 != -c ] || kill -9 $$'
settings final_action=poweroff
run_init
[ "$(grep -c '^vmcapture -c' "$calls")" = 2 ] || fail 'not called twice'
expect_reboot

# What it says itself counts.
: >"$calls"
body='[ $1 != -c ] || exit 75'
settings final_action=poweroff
run_init
[ "$(grep -c '^vmcapture -c' "$calls")" = 1 ] || fail 'not called once'
expect_reboot
