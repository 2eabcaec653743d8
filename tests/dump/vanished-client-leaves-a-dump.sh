#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client vanishes when three quarters of a real vmcore are at vmcollectd.  What
# the server makes of it is a dump: every page that arrived is what it was, crash
# shows the stack of the panic and the log, drgn shows the log.
set -u
# shellcheck source=tests/net/lib.sh
. "${0%/*}/../net/lib.sh"
rm -rf "$work"
# shellcheck source=tests/dump/lib.sh
. "${0%/*}/lib.sh"
store=$work/store
mkdir "$store"
pki

# ended: vmcollectd has ended the session, and says so
ended() {
	cat "$session/manifest.json"
	[ "$(manifest result)" = partial ] && [ "$(manifest by)" = vmcollectd ] &&
		[ ! -e "$session/vmcore.incomplete" ]
}

input
capture all -d 31 -z lzo
check "vmcapture makes a dump" captured
size=$(stat -c %s "$dump")
rm -rf "$work/all"

echo 'abandon_timeout 2' >"$work/vmcollectd.conf"
start_server --config "$work/vmcollectd.conf"
start_proxy -h $((size * 3 / 4))
conf "$proxy_port" 'format kdump' 'dump_level 31' 'compression lzo'
"$vmcapture" -c "$work/capture.conf" -i "$vmcore" 2>"$work/capture.log" &
client=$!
pids="$pids $client"
wait_for 60 grep -q held "$work/proxy.log"
kill -9 "$client" "$proxy"
find_session web1
wait_for 60 test -e "$session/manifest.json"
dump=$session/vmcore
check "vmcollectd has ended the session" ended
check "what arrived is right" incomplete
check_incomplete "three quarters of it"
finish
