#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The image's SHA-256, linked as in the image, knows the answers of
# tests/unit/test-digest.c: with the CPU's instructions for it, which it uses
# where there are any, without them, and on a CPU that has none.

set -u
cd "${0%/*}/../.." || exit 1
digest=${O:-build}/test/digest-image
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
n=0 failed=0

# check WHAT CHOICE COMMAND...: it passes and says that it made the choice
check() {
	n=$((n + 1))
	what=$1 choice=$2
	shift 2
	if "$@" >"$log" 2>&1 && grep -Fqx "libnettle: $choice" "$log"; then
		echo "ok $n - $what"
	else
		failed=1
		echo "not ok $n - $what"
		sed 's/^/# /' "$log"
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

export NETTLE_FAT_VERBOSE=1
with='using sha_ni instructions.'
without="not $with"

what="with the CPU's instructions"
if grep -qw sha_ni /proc/cpuinfo; then
	check "$what" "$with" "$digest"
else
	skip "$what" "this CPU has none"
fi
check "without the CPU's instructions" "$without" \
	env NETTLE_FAT_OVERRIDE=none "$digest"
what="on a CPU without such instructions"
if command -v qemu-x86_64 >/dev/null; then
	check "$what" "$without" qemu-x86_64 -cpu qemu64 "$digest"
else
	skip "$what" "no qemu-x86_64"
fi

echo "1..$n"
exit "$failed"
