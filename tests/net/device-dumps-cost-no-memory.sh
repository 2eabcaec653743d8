#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two device dumps of 32 MiB: the image's vmcapture has at most 8 MiB resident,
# and hardly more than without them.
set -u
. "${0%/*}/lib.sh"

# send NAME: sets $session and $peak, in KiB
send() {
	vmcore=$work/$1.vmcore
	"$O/test/mkvmcore" "$work/$1.txt" "$vmcore" || fail 'no vmcore'
	"$vmcapture" -c /dev/null -f elf -d 0 -i "$vmcore" -t "file://$work/$1" \
		2>>"$work/capture.log" || fail 'vmcapture failed'
	session=$(echo "$work/$1"/*)
	peak=$(figure peak_rss_kb)
	cmp "$vmcore" "$session/vmcore" || fail 'the vmcore differs'
}

cat >"$work/dumps.txt" - "$here/vmcore.txt" <<END
dump cxgb4_0000:02:00.4
fill 33554368 1
dump cxgb4_0000:03:00.4
fill 33554368 2
END
cp "$here/vmcore.txt" "$work/none.txt"

send none
without=$peak
send dumps
i=0
for off in 4160 33558592; do
	zstd -dcq "$session/device-dumps/0$i"-* >"$work/got" ||
		fail 'not a zstd frame'
	cmp -n 33554368 -i "0:$off" "$work/got" "$vmcore" ||
		fail "dump $i differs"
	[ "$(stat -c %s "$work/got")" = 33554368 ] || fail "dump $i is longer"
	i=$((i + 1))
done
echo "peak RSS $peak kB, $without kB without device dumps"
[ "$peak" -le 8192 ] || fail "peak RSS of $peak kB"
[ "$peak" -le $((without + 1024)) ] ||
	fail "peak RSS of $peak kB, $without kB without device dumps"
