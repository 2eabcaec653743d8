#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# chelsio becomes the program that it is given, and its adapters end with that,
# however it ends, also when another process still has their sockets.
set -u
O=${O:-build}
chelsio=$O/test/chelsio
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 failures=0

# check WHAT COMMAND...: one TAP line
check() {
	what=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/check.log" 2>&1; then
		echo "ok $n - $what"
	else
		failures=$((failures + 1))
		echo "not ok $n - $what"
		sed 's/^/# /' "$work/check.log"
	fi
}

# adapters: how many have the files of this test mapped
adapters() {
	grep -ls "$work/adapter-.*\.mem" /proc/[0-9]*/maps 2>/dev/null | wc -l
}

# adapters_become N: within 5 s
adapters_become() {
	for _ in $(seq 50); do
		[ "$(adapters)" -ne "$1" ] || return 0
		sleep 0.1
	done
	echo "$(adapters) adapters, $1 wanted"
	return 1
}

# status COMMAND...: its exit status
status() {
	"$@" >/dev/null 2>&1
	echo $?
}

# killed: two adapters, and the process in QEMU's place dies of SIGKILL
killed() {
	"$chelsio" -o "$work" t5:1 t6:2:2,1,1 -- sleep 60 &
	pid=$!
	adapters_become 2 || return 1
	kill -KILL "$pid"
	wait "$pid"
	adapters_become 0
}

# survived: as killed, but a child of that process keeps the sockets
survived() {
	# shellcheck disable=SC2016 # the inner shell expands it
	"$chelsio" -o "$work" t5:1 t5:2 -- \
		sh -c 'sleep 60 & echo $! >"$0"; wait' "$work/child" &
	pid=$!
	adapters_become 2 || return 1
	kill -KILL "$pid"
	wait "$pid"
	kill -0 "$(cat "$work/child")" || return 1
	adapters_become 0
	ret=$?
	kill "$(cat "$work/child")"
	return $ret
}

sizes() {
	"$chelsio" -o "$work" t5:1:3,0,0 t6:2:2,1,1 -- sleep 1 || return 1
	wc -c "$work/adapter-1.mem" "$work/adapter-2.mem"
	[ "$(wc -c <"$work/adapter-1.mem")" -eq $((3 << 20)) ] &&
		[ "$(wc -c <"$work/adapter-2.mem")" -eq $((5 << 20)) ] &&
		[ "$(wc -c <"$work/adapter-2.regs")" -eq $((512 << 10)) ]
}

# refused ADAPTER...
refused() {
	[ "$(status "$chelsio" "$@" -- true)" -eq 64 ]
}

all_refused() {
	for word in t4:1 t5 t5: t5:x t5:1:1 t5:1:1,1 t5:1:0,0,0 t5:1:1,2,0 \
		t5:1:1,1,1024 t5:1:late t5:1:dead:slow t5:4294967296; do
		refused "$word" || {
			echo "$word is taken"
			return 1
		}
	done
	refused t5:1 t6:1 || ! echo "one seed is taken twice"
}

check "the exit status is the program's" \
	test "$(status "$chelsio" t5:1:slow -- sh -c 'exit 7')" -eq 7
check "descriptor 40 is a socket" "$chelsio" t5:1:dead -- \
	sh -c 'test -S /proc/self/fd/40 && ! test -e /proc/self/fd/41'
check "memory and registers are files" sizes
check "adapters end with a program that was killed" killed
check "adapters end although their sockets live on" survived
check "a program that is not there is an error" \
	test "$(status "$chelsio" t5:1 -- "$work/none")" -eq 71
check "wrong adapters are refused" all_refused
echo "1..$n"
[ "$failures" -eq 0 ]
