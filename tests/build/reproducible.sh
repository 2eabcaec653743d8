#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The userland and its image, built once more in another directory from the
# same sources, give the same bytes.  (The kernel is left out for its time.)
set -eu
O=${O:-build}
again=$(mktemp -d "${TMPDIR:-/tmp}/barecap-again.XXXXXX")
trap 'rm -rf "$again"' EXIT
trap 'exit 130' INT TERM

# Not a part of the make that runs the tests, so none of its settings.
unset MAKEFLAGS MFLAGS MAKELEVEL
mkdir "$again/build"
ln -s "$(realpath "$O/src")" "$again/build/src"
cp "$O/.deps-build" "$again/build"
touch -r "$O/.deps-build" "$again/build/.deps-build"
nice make -j "$(nproc)" O="$again/build" "$again/build/image/base.cpio.xz"
cmp "$O/image/base.cpio.xz" "$again/build/image/base.cpio.xz" && exit
diff -rq -x list "$O/obj/image" "$again/build/obj/image" # which file it is
exit 1
