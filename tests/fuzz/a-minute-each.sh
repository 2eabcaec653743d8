#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What reads a crashed machine's vmcore, fuzzed for T seconds each, two at a
# time: headers, notes, vmcoreinfo, symbols, page tables, struct pages, and what
# is to go first; and what a client promises to be a vmcore's header, and both
# configurations.
# A fuzzer ends at its first crash, hang or allocation beyond 512 MiB.
set -u
O=${O:-build}
T=${T:-60}
set -- vmcore note vmcoreinfo kallsyms arch filter early vmcore-head \
	config collector-config
fuzzers=$*

# fuzz NAME: its log is left for who looks for the reason
fuzz() {
	mkdir -p "$O/fuzz/fuzz-$1.corpus"
	corpus=$(ls -d "tests/fuzz/corpus/fuzz-$1" 2>/dev/null)
	# shellcheck disable=SC2086 # one directory or none
	"$O/fuzz/fuzz-$1" -max_total_time="$T" -timeout=20 -rss_limit_mb=512 \
		-print_final_stats=1 -artifact_prefix="$O/fuzz/fuzz-$1-" \
		"$O/fuzz/fuzz-$1.corpus" $corpus >"$O/log/fuzz-$1.log" 2>&1
	echo $? >"$O/log/fuzz-$1.status"
}

mkdir -p "$O/log"
while [ $# -gt 1 ]; do
	fuzz "$1" &
	fuzz "$2"
	wait
	shift 2
done
[ $# -eq 0 ] || fuzz "$1"

n=0 failed=0
for name in $fuzzers; do
	n=$((n + 1))
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
		"$O/log/fuzz-$name.log")
	if [ "$(cat "$O/log/fuzz-$name.status")" = 0 ] && [ -n "$runs" ]; then
		echo "ok $n - $name: $runs runs"
	else
		failed=1
		echo "not ok $n - $name"
		tail -n 20 "$O/log/fuzz-$name.log" | sed 's/^/# /'
	fi
done
echo "1..$n"
exit $failed
