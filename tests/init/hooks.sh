#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The site's programs run in kdump's order, those of a directory in that of
# their names, and are told how it went.
set -u
. "${0%/*}/lib.sh"

# site NAME [BODY]: a program of the overlay, below /etc
site() {
	mkdir -p "$(dirname "$root/etc/$1")"
	printf '#!/bin/sh\necho "%s $*" >>%s\n%s\n' "$1" "$calls" "${2-}" \
		>"$root/etc/$1"
	chmod +x "$root/etc/$1"
}

order() {
	grep -e '^barecap/' -e '^kdump/' -e '^[a-z]*-program' \
		-e '^vmcapture -c' "$calls" | cut -d' ' -f1,2 | paste -sd,
}

for when in pre post emergency; do
	site "barecap/$when.d/20-b"
	site "barecap/$when.d/10-a" 'exit 3'
	site "kdump/$when.d/05-c"
	site "$when-program"
done
echo >"$root/etc/barecap/pre.d/README"
nic eth0 52:54:00:00:00:01
programs='kdump_pre=/etc/pre-program kdump_post=/etc/post-program
	kdump_emergency=/etc/emergency-program'

# shellcheck disable=SC2086 # these are lines
settings $programs
run_init
[ "$(order)" = "pre-program ,barecap/pre.d/10-a ,barecap/pre.d/20-b ,\
kdump/pre.d/05-c ,vmcapture -c,barecap/post.d/10-a 0,barecap/post.d/20-b 0,\
kdump/post.d/05-c 0,post-program 0" ] || fail "$(order)"
expect_kmsg '<4>init: /etc/barecap/pre.d/10-a: exit status 3'
expect_kmsg '<4>init: /etc/barecap/pre.d/README: not there or not executable: left out'
[ "$(grep -c '^busybox --install' "$calls")" = 1 ] || fail 'applets'
expect_reboot

: >"$calls"
body='[ $1 != -c ] || exit 75'
# shellcheck disable=SC2086 # these are lines
settings $programs
run_init
[ "$(order | sed 's/.*,vmcapture -c,//')" = "barecap/post.d/10-a 75,\
barecap/post.d/20-b 75,kdump/post.d/05-c 75,post-program 75,\
barecap/emergency.d/10-a ,barecap/emergency.d/20-b ,kdump/emergency.d/05-c ,\
emergency-program " ] || fail "$(order)"
expect_reboot
