#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The server is killed at each step of ending a session whose client vanished.
# The next one does it again, and what lies there is the same each time.
set -u
. "${0%/*}/lib.sh"
vmcollectd=$O/host/vmcollectd # strace and the leak checker exclude each other

has_bytes() {
	find "$store" -name vmcore.incomplete -size +4000 | grep -q .
}

ended() {
	[ -e "$session/manifest.json" ]
}

is_dead() {
	! kill -0 "$1" 2>/dev/null
}

# abandon: the session as it was when its client vanished, an hour ago
abandon() {
	rm -rf "$store"
	cp -a "$work/before" "$store"
	find "$store" -exec touch -d '1 hour ago' {} +
}

# what_is_there: names and contents, but when the client was heard of
what_is_there() {
	(cd "$session" && find . -type f | sort |
		while read -r file; do
			sed /last_heard/d "$file" | cksum
			echo "$file"
		done)
}

is_as_wanted() {
	what_is_there 2>/dev/null | cmp -s - "$work/want"
}

start_server
start_proxy -b 4000000
conf "$proxy_port" 'format kdump' 'compression none'
"$vmcapture" -c "$work/capture.conf" -i "$vmcore" 2>>"$work/capture.log" &
client=$!
pids="$pids $client"
wait_for 20 has_bytes
kill -9 "$client"
wait "$client" 2>/dev/null
sleep 1
kill_server TERM
find_session web1
cp -a "$store" "$work/before"

echo 'abandon_timeout 1' >"$work/vmcollectd.conf"
abandon
start_server --config "$work/vmcollectd.conf"
wait_for 20 ended
kill_server TERM
what_is_there >"$work/want"
[ -e "$session/vmcore" ] || fail 'no dump was made'

# The header, its sync, its name, the directory; the same of the manifest.
for step in pwrite64:1 fsync:1 renameat2:1 fsync:2 write:1 fsync:3 \
	renameat2:2 fsync:4; do
	abandon
	strace -f -o /dev/null -e "trace=${step%:*}" \
		-e "inject=${step%:*}:signal=KILL:when=${step#*:}" \
		"$vmcollectd" --listen 127.0.0.1:0 --store "$store" \
		--cert "$work/server.pem" --key "$work/server.key" \
		--client-ca "$work/ca.pem" --config "$work/vmcollectd.conf" \
		2>"$work/strace.log" &
	pids="$pids $!"
	wait_for 20 is_dead $!
	! is_as_wanted || fail "$step: nothing is left to do"
	start_server --config "$work/vmcollectd.conf"
	wait_for 20 is_as_wanted
	kill_server TERM
done
