# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Common part of the tests of what vmcapture makes of a real vmcore, judged by
# programs that have nothing in common with it.
#
#	input [KERNEL]		sets $vmcore and $vmlinux, of which kernel
#	capture NAME [OPTION]...	sets $status, $session, $dump
#	reference NAME [OPTION]...	what makedumpfile makes of it, sets $other
#	check WHAT COMMAND...	one line of TAP

O=${O:-build}
dump_tests=tests/dump
vmcapture=$O/musl/vmcapture
work=$O/dump/$(basename "$0" .sh)
crash_options=
checks=0 failures=0

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# skip WHY: ends a test that cannot be made here
skip() {
	echo "1..0 # SKIP $*"
	exit 4
}

input() {
	kernel=${1:-system-kernel}
	vmcore=$(realpath "$O/bench/$kernel.vmcore")
	vmlinux=$(realpath "$O/bench/$kernel.vmlinux")
	[ -s "$vmcore" ] && [ -s "$vmlinux" ] || die "no vmcore of $kernel"
}

# makedumpfile_or_skip VERSION: another one leaves out other pages
makedumpfile_or_skip() {
	version=$(makedumpfile -v 2>/dev/null |
		sed -n 's/^makedumpfile: version \([^ ]*\).*/\1/p')
	[ "$version" = "$1" ] || skip "makedumpfile is ${version:-not here}, not $1"
}

# capture NAME [OPTION]...: into $work/NAME, whose session is $session
capture() {
	into=$1
	shift
	rm -rf "${work:?}/$into"
	"$vmcapture" -c /dev/null -i "$vmcore" -t "file://$work/$into" "$@" \
		>"$work/$into.log" 2>&1
	status=$?
	session=$(find "$work/$into" -mindepth 1 -maxdepth 1 -type d)
	dump=$session/vmcore
}

# captured: the last one ended as it should
captured() {
	cat "$work/$into.log"
	[ "$status" = 0 ] && [ "$(manifest result)" = complete ]
}

# reference NAME [OPTION]...: into $work/NAME, which is $other
reference() {
	other=$work/$1
	shift
	rm -f "$other"
	makedumpfile "$@" "$vmcore" "$other" >"$other.log" 2>&1 ||
		die "makedumpfile: $(tail -n 1 "$other.log")"
}

kdump_check() {
	"$O/test/kdump-check" "$@"
}

# figure NAME: of what kdump-check has printed to $work/figures
figure() {
	sed -n "s/^$1 //p" "$work/figures"
}

# whole DUMP [OPTION]...: it has every page that it says, as it was
whole() {
	file=$1
	shift
	kdump_check "$@" "$file" "$vmcore" >"$work/figures"
	result=$?
	cat "$work/figures"
	return "$result"
}

# in_crash DUMP COMMAND...: what crash prints, with $crash_options
in_crash() {
	file=$1
	shift
	printf '%s\n' "$@" >"$work/crash.in"
	# shellcheck disable=SC2086 # none or more
	timeout 300 crash $crash_options -s -i "$work/crash.in" "$vmlinux" \
		"$file" </dev/null 2>&1
}

# panicked: the panic's own function and the last line of the log, which
# in_crash has printed to $work/crash.log
panicked() {
	tail -n 40 "$work/crash.log"
	grep -q 'sysrq_handle_crash at' "$work/crash.log" &&
		grep -q 'sysrq: Trigger a crash' "$work/crash.log"
}

# incomplete: it says so, and some pages are missing, but not all
incomplete() {
	whole "$dump" && [ $(($(figure status) & 8)) = 8 ] &&
		[ "$(figure missing)" -gt 0 ] &&
		[ "$(figure missing)" -lt "$(figure pages)" ]
}

# log_in_drgn: of $dump, the last line too
log_in_drgn() {
	"$dump_tests/show-log.py" "$dump" "$vmlinux" >"$work/log" 2>&1
	tail -n 20 "$work/log"
	grep -q 'sysrq: Trigger a crash' "$work/log"
}

# manifest KEY: a value of manifest.json, as vmcore.filter.free
manifest() {
	"$dump_tests/json-value.py" "$session/manifest.json" "$1"
}

# same A B: two words
same() {
	echo "$1"
	echo "$2"
	[ -n "$1" ] && [ "$1" = "$2" ]
}

# fails COMMAND...: what is looked for is wrong, not the command
fails() {
	"$@"
	[ $? -eq 1 ]
}

# check WHAT COMMAND...: the command's output only if it fails
check() {
	title=$1
	shift
	checks=$((checks + 1))
	if "$@" >"$work/check.log" 2>&1; then
		echo "ok $checks - $title"
	else
		failures=$((failures + 1))
		echo "not ok $checks - $title"
		tail -n 20 "$work/check.log" | sed 's/^/# /'
	fi
}

# check_incomplete WHAT: $dump in crash, with the option that it asks for
check_incomplete() {
	crash_options=--zero_excluded
	in_crash "$dump" bt log >"$work/crash.log"
	check "$1: crash shows the stack and the log" panicked
	check "$1: drgn shows the log" log_in_drgn
}

# finish: the plan; what a test that passed has written goes
finish() {
	echo "1..$checks"
	[ "$failures" -eq 0 ] || exit 1
	rm -rf "$work"
}

rm -rf "$work"
mkdir -p "$work"
work=$(realpath "$work")
