# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# initramfs/init in a scratch ROOT, with fakes of every command that it calls
# first on PATH.  Each fake writes its command line to $calls.  A test sets
# the machine up (cmdline, nic, fake), calls run_init and says what it expects.
#
# The test runs once for each shell found: dash, and the BusyBox of the image
# when it is built (or the machine's own, if its ash obeys PATH).

repo=$(cd "${0%/*}/../.." && pwd)
name=$(basename "$0" .sh)

# obeys_path SHELL: does it run a fake instead of an applet of its own
obeys_path() {
	dir=$(mktemp -d)
	printf '#!/bin/sh\necho fake\n' >"$dir/sync"
	chmod +x "$dir/sync"
	# shellcheck disable=SC2086 # a command with arguments
	out=$(PATH=$dir:$PATH $1 -c sync)
	rm -r "$dir"
	[ "$out" = fake ]
}

if [ -z "${TEST_SHELL-}" ]; then
	n=0 failed=0
	for sh in "$repo/${O:-build}/sysroot/bin/busybox" busybox dash; do
		command -v "$sh" >/dev/null || continue
		TEST_SHELL=$sh
		[ "$sh" = dash ] || TEST_SHELL="$sh ash"
		obeys_path "$TEST_SHELL" || continue
		case $sh in dash) ;; *) [ -z "${busybox-}" ] || continue ;; esac
		[ "$sh" = dash ] || busybox=$sh
		n=$((n + 1))
		verdict=ok
		TEST_SHELL=$TEST_SHELL timeout 60 "$0" || verdict='not ok'
		[ "$verdict" = ok ] || failed=1
		echo "$verdict $n - $name, ${TEST_SHELL##*/}"
	done
	echo "1..$n"
	[ "$n" -gt 0 ] || failed=1
	exit "$failed"
fi

work=$(mktemp -d)
root=$work/root
conf=$root/etc/barecap/capture.conf
progress=$root/run/barecap/progress
fakes=$work/bin
calls=$work/calls

# machine_off: nothing goes on of what init has started; says what did
machine_off() {
	for proc in /proc/[0-9]*; do
		tr '\0' '\n' <"$proc/environ" | grep -qxF "ROOT=$root" || continue
		tr '\0' ' ' <"$proc/cmdline"
		echo
		kill -9 "${proc#/proc/}"
	done 2>/dev/null
}

cleanup() {
	machine_off >/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

fail() {
	echo "# $*"
	sed 's/^/#   call: /' "$calls"
	sed 's/^/#   kmsg: /' "$root/dev/kmsg"
	exit 1
}

# fake COMMAND [BODY]: record the call, then run BODY
fake() {
	cat >"$fakes/$1" <<-END
	#!/bin/sh
	echo "$1 \$*" >>"$calls"
	${2-}
	END
	chmod +x "$fakes/$1"
}

# cmdline [WORDS]: the kernel command line
cmdline() {
	printf 'BOOT_IMAGE=/vmlinuz quiet %s panic=10\n' "${1-}" \
		>"$root/proc/cmdline"
}

# nic NAME MAC [CARRIER]: an interface; without CARRIER it has to be set up
# first, then it has a link
nic() {
	mkdir -p "$root/sys/class/net/$1"
	echo "$2" >"$root/sys/class/net/$1/address"
	[ -z "${3-}" ] || echo "$3" >"$root/sys/class/net/$1/carrier"
}

# run_init: until the machine reboots
run_init() {
	# shellcheck disable=SC2086 # a command with arguments
	ROOT=$root PATH=$fakes:$PATH setsid $TEST_SHELL \
		"$repo/initramfs/init" >"$work/stdout" 2>"$work/stderr" &
	wait "$!" 2>/dev/null
	machine_off >"$work/left"
}

expect_call() {
	grep -qxF -e "$1" "$calls" || fail "no call: $1"
}

expect_no_call() {
	! grep -q -e "^$1" "$calls" || fail "call: $1"
}

expect_kmsg() {
	grep -qxF -e "$1" "$root/dev/kmsg" || fail "not in the log: $1"
}

# expect_capture [LEFT]: vmcapture was called, with so much of its deadline
expect_capture() {
	expect_call "vmcapture -c $conf --deadline ${1-1797} --progress $progress"
}

# settings LINE...: what vmcapture --settings prints; then BODY of the fake
settings() {
	printf '%s\n' "$@" >"$work/settings"
	fake vmcapture "[ \$1 != --settings ] || exec cat $work/settings
		${body-}"
}

# expect_gone COMMAND: it did not go on until the end
expect_gone() {
	! grep -xF -e "$1 " "$work/left" || fail "$1 lives on"
}

# expect_file PATH CONTENT: below ROOT
expect_file() {
	[ "$(cat "$root$1")" = "$2" ] || fail "$1: $(cat "$root$1")"
}

# expect_end COMMAND: it was the last thing that init did
expect_end() {
	last=$(grep -v -e '^guard' -e '^sleep' -e '^udhcpc' "$calls" | tail -n 2 | paste -sd' ')
	[ "$last" = "sync  $1" ] || fail "the last calls are: $last"
}

expect_reboot() {
	expect_end 'reboot -f'
}

# Scripts that init starts run in the same shell as init.
script() {
	sed "1s|.*|#!$(command -v "${TEST_SHELL% ash}")${TEST_SHELL#"${TEST_SHELL% ash}"}|" \
		"$repo/initramfs/$1" >"$root/lib/barecap/$1"
	chmod +x "$root/lib/barecap/$1"
}

mkdir -p "$fakes" "$root/bin" "$root/dev" "$root/etc/barecap" \
	"$root/lib/barecap" "$root/proc/sys/net/ipv4" "$root/run/barecap" \
	"$root/sys/class/net"
mkfifo "$root/run/barecap/guard"
cp "$repo/initramfs/hooks" "$repo/initramfs/actions" "$root/lib/barecap"
script network
echo '3.21 1.50' >"$root/proc/uptime"
: >"$calls"
: >"$root/dev/kmsg"
: >"$root/proc/sysrq-trigger"
printf 'MemTotal:   57344 kB\nMemFree: 50 kB\nMemAvailable:   51200 kB\n' \
	>"$root/proc/meminfo"
cmdline ''
nic lo 00:00:00:00:00:00 1
for command in busybox mount udhcpc vmcapture sync; do
	fake "$command"
done
# The machine is gone at once.
for command in reboot halt poweroff; do
	fake "$command" 'kill -9 -$PPID'
done
# A link comes with "up"; a real driver needs a moment, see sleep.
fake ip "case \$* in
	'link set lo up') ;;
	'link set '*) echo 1 >$root/sys/class/net/\$3/carrier ;;
	esac"
# The last rung of the ladder never wakes up by itself.
fake sleep 'case $1 in 0* | 1) exec /bin/sleep "$1" ;; *) exec /bin/sleep 300 ;; esac'
# guard is the real one; of vmcapture it runs the fake.
guard=$repo/${O:-build}/asan/guard
fake guard "exec $guard \"\$@\""
