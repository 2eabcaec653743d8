#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guard run: exit statuses, and what it refuses.
set -u
. "${0%/*}/lib.sh"

# says STATUS ARGUMENT...
says() {
	want=$1
	shift
	ROOT=$root "$guard" "$@" >"$work/out" 2>"$work/err"
	got=$?
	[ "$got" = "$want" ] || fail "guard $*: $got: $(cat "$work/err")"
}

says 0 run 9 true
says 3 run 9 sh -c 'exit 3'
says 143 run 0 sh -c 'kill $$'
says 127 run 9 no-such-program
says 126 run 9 "$root/etc"
says 124 run 1 sleep 30
says 124 run -l 1 sleep 3
says 124 run -s 1 9 sleep 30
says 0 run 9 sh -c '[ ! -e /proc/$$/fd/5 ]' 5<"$0"
for wrong in 'x true' '-s x 1 true' '1' '' '-x 1 true' '999999999999 true'; do
	# shellcheck disable=SC2086 # words
	says 64 run $wrong
done
says 64
says 64 nothing
