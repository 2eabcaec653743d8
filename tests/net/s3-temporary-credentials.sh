#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The store's own security token service gives keys for an hour.  They are good
# together with their token, which nobody sees, and not without.
. "${0%/*}/lib.sh"
. "${0%/*}/s3.sh"

# word NAME: of the last answer
word() {
	sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$work/answer"
}

# assume_role: temporary keys for vmcapture, not for curl
# shellcheck disable=SC2154 # the store's env file sets some
assume_role() {
	printf 'user = "%s:%s"\n' "$access_key" "$secret_key" >"$work/curlrc"
	code=$(curl -s --cacert "$place/ca.pem" -K "$work/curlrc" \
		--aws-sigv4 "aws:amz:$region:sts" -o "$work/answer" \
		-w '%{http_code}' --data "Action=AssumeRole&Version=2011-06-15" \
		--data RoleArn=arn:aws:iam:::role/capture \
		--data RoleSessionName=crash "$endpoint/")
	[ "$code" = 200 ] || fail "no role: HTTP $code: $(cat "$work/answer")"
	token=$(word SessionToken)
	temporary_key=$(word SecretAccessKey)
	printf '%s\n' "access_key $(word AccessKeyId)" \
		"secret_key $temporary_key" >"$work/keys"
}

start_store ceph
assume_role
s3conf 'dump_level 31'
capture
expect_status 69
echo "session_token $token" >>"$work/keys"
capture
expect_status 0
file_vmcore
expect_vmcore "$work/want"
expect_no_secrets
for secret in "$token" "$temporary_key"; do
	[ "$secret" ] || fail 'no token, no key'
	! grep -qF -e "$secret" "$work/capture.log" "$work/manifest.json" ||
		fail 'a secret is in the log'
done
stop_store
