#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole way to Ceph's S3 in a reservation of 48 MiB: whole parts are kept
# in memory until they are sent.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

crashkernel=48M
peak_rss=24

# s3_start: the store, and what the guest has to know of it
s3_start() {
	ceph=$(cd "$work" && pwd)/ceph
	tests/servers/ceph start "$ceph" || die "no Ceph"
	trap 'tests/servers/ceph stop "$ceph"; e2e_cleanup' EXIT
	# shellcheck disable=SC1091 # written by the server's script
	. "$ceph/env"
	dir=$work/overlay/etc/barecap
	# shellcheck disable=SC2154 # set there
	printf '%s\n' "access_key $access_key" "secret_key $secret_key" \
		>"$dir/keys"
	chmod 600 "$dir/keys"
	cp "$ceph/ca.pem" "$dir/store-ca.pem"
	target="s3 s3://crash/$client"
	# shellcheck disable=SC2154 # set there
	more_conf="s3_endpoint https://10.0.2.2:$port
s3_region $region
s3_credentials /etc/barecap/keys
s3_ca /etc/barecap/store-ca.pem"
	s3 /crash -X PUT -o "$work/answer"
}

# s3 PATH [CURL-OPTION]...: as curl signs it
s3() {
	path=$1
	shift
	printf 'url = "https://%s:%s@localhost:%s%s"\n' "$access_key" \
		"$secret_key" "$port" "$path" >"$work/curlrc"
	curl -sS --fail --max-time 60 --cacert "$ceph/ca.pem" -K "$work/curlrc" \
		--aws-sigv4 "aws:amz:$region:s3" \
		-H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$@"
}

# s3_fetch: all objects, to where the collector would have them
s3_fetch() {
	s3 '/crash?list-type=2' | grep -o '<Key>[^<]*' | sed 's/<Key>//' |
		while read -r key; do
			mkdir -p "$store/$(dirname "$key")"
			s3 "/crash/$key" -o "$store/$key"
		done
	session=$(find "$store" -mindepth 2 -maxdepth 2 -type d | head -n 1)
}

nothing_left() {
	s3 '/crash?uploads=' >"$work/uploads" && ! grep '<UploadId>' "$work/uploads"
}

e2e_setup
s3_start
guest_panic
s3_fetch
check_whole_capture
check "crash shows the backtrace" crash_shows sysrq_handle_crash bt
check "no upload is left unfinished" nothing_left
check "the secret key is not in the log" \
	sh -c "! grep -qF '$secret_key' '$work/console.log'"
e2e_done
