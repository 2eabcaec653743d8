#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel patches are as the kernel's own checkpatch wants them, could be
# sent as they are, and each is in the cover letter.
# shellcheck disable=SC2317 # check() calls what looks unreachable

set -u
cd "${0%/*}/../.." || exit 1
checkpatch=$(realpath "${O:-build}/src/linux/scripts/checkpatch.pl")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
n=0 failed=0

check() {
	n=$((n + 1))
	what=$1
	shift
	if "$@" >"$scratch/log" 2>&1; then
		echo "ok $n - $what"
	else
		failed=1
		echo "not ok $n - $what"
		sed 's/^/# /' "$scratch/log"
	fi
}

# Commit ids can only be looked up in the kernel's history, and MAINTAINERS
# has the directories that new files are in.  From outside of the repository:
# a file that git knows is taken for a source file, not for a patch.
clean() {
	cp "$1" "$scratch/patch"
	(cd "$scratch" && perl "$checkpatch" --strict --no-tree --quiet \
		--ignore FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID patch)
}

signed() {
	author=$(git mailinfo /dev/null /dev/null <"$1" |
		sed -n 's/^Author: //p')
	[ -n "$author" ] && grep "^Signed-off-by: $author <" "$1"
}

subject() {
	git mailinfo /dev/null /dev/null <"$1" | sed -n 's/^Subject: //p'
}

in_cover_letter() {
	title=$(subject "$1")
	echo "$title"
	[ -n "$title" ] && grep -F "$title" kernel/README.md
}

for patch in kernel/patches/*.patch; do
	name=${patch##*/}
	check "$name: checkpatch --strict has nothing to say" clean "$patch"
	check "$name: signed off by its author" signed "$patch"
	check "$name: in the cover letter" in_cover_letter "$patch"
done
echo "1..$n"
exit "$failed"
