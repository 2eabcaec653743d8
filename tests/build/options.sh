#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every option of vmcapture is in --help and in its page, every key of
# capture.conf in its page and in the commented example, and nothing else is.

set -u
cd "${0%/*}/../.." || exit 1
n=0 failed=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# same WHAT FILE...: the sorted lists are equal and not empty
same() {
	n=$((n + 1))
	what=$1
	if [ -s "$scratch/$2" ] &&
		diff "$scratch/$2" "$scratch/$3" >"$scratch/diff"; then
		echo "ok $n - $what"
	else
		failed=1
		echo "not ok $n - $what"
		sed 's/^/# /' "$scratch/diff"
	fi
}

# One of these is on each line of the table of options.
sed -n "/^} options/,/^};/p" capture/vmcapture.c |
	sed -n "s/.*{ '\(.\)', .*/-\1/p; s/.*{ OPT_.*, \"\([a-z-]*\)\", .*/--\1/p" |
	sort >"$scratch/code"
sed -n 's/^\.It Fl \\-\([a-z\\-]*\).*/--\1/p; s/^\.It Fl \([a-z]\).*/-\1/p' \
	capture/vmcapture.8 | tr -d '\134' | sort >"$scratch/page"
same 'the options of vmcapture(8) are those of the code' code page

vmcapture=${O:-build}/host/vmcapture
if [ -x "$vmcapture" ]; then
	"$vmcapture" --help | sed -n 's/^  \(--*[a-z-]*\).*/\1/p' |
		sort >"$scratch/help"
	same 'the options of --help are those of the code' code help
fi

# keys: of the table, in lines of its source
keys() {
	sed -n 's/.*{ \.name = "\([a-z0-9_]*\)".*/\1/p' | sort
}
keys <capture/config-keys.c >"$scratch/keys"
sed -n 's/^\.It Cm \([a-z0-9_]*\) .*/\1/p' capture/capture.conf.5 |
	sort >"$scratch/page"
same 'the keys of capture.conf(5) are those of the code' keys page
sed '/Of kdump.conf, without/,$d' capture/config-keys.c | keys >"$scratch/ours"
sed -n 's/^#\([a-z0-9_]\{1,\}\) .*/\1/p' configs/capture.conf |
	sort >"$scratch/example"
same 'the keys of configs/capture.conf are those of the code' ours example

echo "1..$n"
exit "$failed"
