#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hooks run around a capture, by the names and in the order that kdump's users
# know, with BusyBox at hand; one that hangs costs its time, and the watchdog
# is fed all the while.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_qemu='-device i6300esb -action watchdog=reset'
more_conf='watchdog 4
hook_timeout 5
kdump_pre /usr/bin/before
kdump_post /usr/bin/after'

e2e_setup
program /usr/bin/before <<'END'
#!/bin/sh
basename /a/1 | sed 's/^/hook /'
sleep 1000
END
program /etc/kdump/pre.d/b <<'END'
#!/bin/sh
echo hook 3
exit 9
END
program /etc/barecap/pre.d/a <<'END'
#!/bin/sh
echo hook 2
END
program /etc/barecap/post.d/x <<'END'
#!/bin/sh
echo hook 4 $1
END
program /usr/bin/after <<'END'
#!/bin/sh
echo hook 5 $1
END
collector_start
guest_panic
check_whole_capture
check "hooks ran in their order" same \
	"$(sed -n 's/.*\(hook [1-5].*\)/\1/p' "$work/console.log" | paste -sd,)" \
	"hook 1,hook 2,hook 3,hook 4 0,hook 5 0"
check "one that hung was killed" logged 'guard: /usr/bin/before: not done after 5'
check "one that failed was reported" logged 'kdump/pre.d/b: exit status 9'
check "the watchdog was there" logged 'guard: i6300ESB timer: bites after 4 s'
e2e_done
