#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initramfs/fetch offline: it takes a file whose digest is right, and refuses
# one that is damaged, missing, or not in the lock.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0 failed=0

# check WHAT COMMAND...
check() {
	what=$1
	shift
	n=$((n + 1))
	"$@" >"$dir/out" 2>&1 && echo "ok $n - $what" && return
	echo "not ok $n - $what"
	failed=1
	sed 's/^/# /' "$dir/out"
}

# shellcheck disable=SC2317 # these are called by check
fetch() {
	CACHE=$dir/cache DL=$dir/dl OFFLINE=1 "$dir/initramfs/fetch" "$1"
}

# shellcheck disable=SC2317
refuses() {
	! fetch "$1"
}

# shellcheck disable=SC2317
says() {
	fetch "$1" 2>&1 | grep "$2"
}

mkdir -p "$dir/initramfs" "$dir/configs" "$dir/dl"
cp initramfs/fetch "$dir/initramfs"
echo content >"$dir/dl/x_1.orig.tar.gz"
sum=$(sha256sum <"$dir/dl/x_1.orig.tar.gz" | cut -d' ' -f1)
echo "x src trixie x 1-1 $sum x_1.orig.tar.gz" >"$dir/configs/sources.lock"

check "takes a file with the right digest" fetch x
check "says what it was" \
	says x "^x x 1-1 $sum x_1.orig.tar.gz pinned\$"
check "refuses a name that is not in the lock" refuses y
echo more >>"$dir/dl/x_1.orig.tar.gz"
check "refuses a damaged file" refuses x
check "names it" says x 'x_1.orig.tar.gz'
echo "x x 1-2 $(sha256sum <"$dir/dl/x_1.orig.tar.gz" | cut -d' ' -f1)" \
	"x_1.orig.tar.gz replaced" >"$dir/dl/x.replaced"
check "takes what has replaced a version that has left" fetch x
rm "$dir/dl/x_1.orig.tar.gz"
check "refuses a missing file" refuses x
echo "1..$n"
exit "$failed"
