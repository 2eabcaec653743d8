#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A hook that does not end is killed with all that it has started, and the
# capture goes on.
set -u
. "${0%/*}/lib.sh"

nic eth0 52:54:00:00:00:01
cat >"$root/etc/hook" <<'END'
#!/bin/sh
trap '' TERM HUP
/bin/sleep 57 &
wait
END
chmod +x "$root/etc/hook"
settings hook_timeout=1 kdump_pre=/etc/hook kdump_post=/etc/hook
run_init

[ "$(grep -c "^guard: $root/etc/hook: not done after 1 s: killed" \
	"$root/dev/kmsg")" = 2 ] || fail 'not killed twice'
expect_gone '/bin/sleep 57'
expect_capture
expect_reboot
