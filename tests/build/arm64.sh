#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What was compiled for arm64 (make check-build: with -Werror) does the same
# there: unit tests of what reads a vmcore, but test-vmcore.c, as qemu-user does
# not know MADV_POPULATE_READ.

set -u
cd "${0%/*}/../.." || exit 1
failed=0

if ! command -v qemu-aarch64 >/dev/null; then
	echo "no qemu-aarch64"
	exit 4
fi
for test in "${O:-build}"/test/arm64-*; do
	echo "# ${test##*/}"
	qemu-aarch64 "$test" || failed=1
done
exit "$failed"
