# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154 # the store's env file sets some
# For tests against real stores, after lib.sh:
#
#	start_store NAME	ceph or swift, with a bucket "crash"
#	stop_store
#	s3conf [LINE]...	capture.conf that sends there, by $s3_port
#	s3 METHOD PATH [CURL-OPTION]...	curl's own signature; sets $code
#	CLOCK=+5h		the store's clock, and so that of curl
#	s3_session		sets $prefix to the session's, the only one
#	fetch NAME		an object of it, to $work/NAME
#	expect_no_uploads	no multipart upload is left

faketime=/usr/lib/$(uname -m)-linux-gnu/faketime/libfaketime.so.1

start_store() {
	kind=$1
	stores=$repo/tests/servers/$kind
	place=$work/$kind
	"$stores" start "$place" >"$work/$kind.log" 2>&1 ||
		fail "$kind does not start"
	trap '"$stores" stop "$place" >/dev/null 2>&1; cleanup' EXIT
	# shellcheck disable=SC1091 # written by the server's script
	. "$place/env"
	s3_port=$port
	rm -f "$work/keys"
	(
		umask 077
		printf '%s\n' "access_key $access_key" \
			"secret_key $secret_key" >"$work/keys"
	)
	wait_for 20 make_bucket
}

stop_store() {
	"$stores" stop "$place" >/dev/null
	trap cleanup EXIT
}

# The first one takes a while, and may fail once.
make_bucket() {
	s3 PUT /crash
	[ "$code" = 200 ]
}

s3conf() {
	{
		printf '%s\n' 's3 s3://crash/a/b-c' \
			"s3_endpoint https://localhost:$s3_port" \
			"s3_region $region" "s3_credentials $work/keys" \
			"s3_ca $place/ca.pem" "$@"
		for line in 'stall_timeout 20' 'deadline 90' \
			'compression zstd:1'; do
			case " $*" in
			*" ${line%% *} "*) ;;
			*) echo "$line" ;;
			esac
		done
	} >"$work/capture.conf"
}

# The key is in a file of its own here too, not among the arguments.
s3() {
	method=$1 path=$2
	shift 2
	printf 'url = "https://%s:%s@localhost:%s%s"\n' \
		"$(echo "$access_key" | sed 's/:/%3A/')" "$secret_key" \
		"$port" "$path" >"$work/curlrc"
	# shellcheck disable=SC2086 # words
	code=$(${CLOCK:+env LD_PRELOAD=$faketime FAKETIME=$CLOCK} curl -s \
		--max-time 60 --cacert "$place/ca.pem" -K "$work/curlrc" \
		--aws-sigv4 "aws:amz:$region:s3" -X "$method" \
		-H "x-amz-content-sha256: ${sha256-UNSIGNED-PAYLOAD}" \
		-o "$work/answer" -D "$work/headers" -w '%{http_code}' "$@")
}

s3_session() {
	s3 GET "/crash?list-type=2"
	[ "$code" = 200 ] || fail "list: HTTP $code"
	prefix=$(grep -o '<Key>[^<]*/session.json' "$work/answer" |
		sed 's/<Key>//; s|/session.json||')
	[ "$(echo "$prefix" | wc -l)" = 1 ] || fail "not one session: $prefix"
}

fetch() {
	s3 GET "/crash/$prefix/$1"
	[ "$code" = 200 ] || fail "$1: HTTP $code"
	mv "$work/answer" "$work/${1##*/}"
}

expect_no_uploads() {
	s3 GET '/crash?uploads='
	[ "$code" = 200 ] || fail "uploads: HTTP $code"
	! grep -q '<UploadId>' "$work/answer" ||
		fail "left: $(cat "$work/answer")"
}

# expect_vmcore FILE: it arrived, bit by bit
expect_vmcore() {
	s3_session
	fetch vmcore
	cmp "$work/vmcore" "$1" || fail "the vmcore differs"
	fetch manifest.json
	expect_no_uploads
}

# expect_no_secrets: neither key nor token is in any log
expect_no_secrets() {
	! grep -qF -e "$secret_key" "$work/capture.log" ||
		fail "the secret key is in the log"
}

# file_vmcore: what the file target writes for the same configuration
file_vmcore() {
	sed '/^s3/d' "$work/capture.conf" >"$work/file.conf"
	rm -rf "$work/file"
	"$vmcapture" -c "$work/file.conf" -i "$vmcore" -t "file://$work/file" \
		2>>"$work/capture.log" || fail "file target: $?"
	mv "$work"/file/*/vmcore "$work/want"
}
