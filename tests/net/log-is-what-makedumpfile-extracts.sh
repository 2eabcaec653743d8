#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The crashed kernel's log is byte for byte what makedumpfile --dump-dmesg
# extracts from the same vmcore, for both layouts of the log.

set -u
cd "${0%/*}/../.." || exit 1
O=${O:-build}
n=0 failed=0
command -v makedumpfile >/dev/null || {
	echo 'no makedumpfile'
	exit 4
}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

for text in tests/data/*.vmcore.txt; do
	n=$((n + 1))
	store=$scratch/$n
	vmcore=$scratch/$n.vmcore
	if "$O/test/mkvmcore" "$text" "$vmcore" &&
		"$O/asan/vmcapture" -c /dev/null -i "$vmcore" \
			-t "file://$store" 2>"$scratch/log" &&
		makedumpfile --dump-dmesg "$vmcore" "$scratch/$n.txt" \
			>>"$scratch/log" 2>&1 &&
		cmp "$scratch/$n.txt" "$store"/*/vmcore-dmesg.txt \
			>>"$scratch/log" 2>&1; then
		echo "ok $n - ${text##*/}"
	else
		failed=1
		echo "not ok $n - ${text##*/}"
		sed 's/^/# /' "$scratch/log"
	fi
done
echo "1..$n"
exit "$failed"
