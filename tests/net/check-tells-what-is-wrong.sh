#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture --check: a stock kdump.conf is read, what cannot be honoured is
# refused with what to use instead, and every complaint names file, line and
# key, also those about the files that the configuration names.

set -u
# shellcheck source=tests/net/lib.sh
. "${0%/*}/lib.sh"
vmcapture=$O/asan/vmcapture
conf=$work/capture.conf
root=$work/overlay
etc=$root/etc/barecap

# check STATUS [OPTION]...
check() {
	expected=$1
	shift
	"$vmcapture" --check -c "$conf" "$@" 2>"$work/capture.log"
	status=$?
	expect_status "$expected"
}

# says TEXT: a line of the log is that
says() {
	grep -qxF -e "vmcapture: $1" "$work/capture.log" || fail "not logged: $1"
}

# refused LINE REASON: as the second line of a file
refused() {
	printf '# a line\n%s\n' "$1" >"$conf"
	check 78
	says "$conf:2: ${1%% *}: $2"
}

# A stock kdump.conf means a local disk: with a target it is complete.
cp "$repo/tests/data/kdump-stock.conf" "$conf"
check 78
says "$conf: no target: neither https, s3, nfs or file here, nor -t; a disk of this machine is none"
check 0 -t nfs://nfs.example/export
says "$conf:8: auto_reset_crashkernel: skipped: this is for who loads it"
echo 'nfs nfs.example:/export' >>"$conf"
"$vmcapture" --settings -c "$conf" >"$work/settings" 2>"$work/capture.log"
status=$?
expect_status 0
[ ! -s "$work/capture.log" ] || fail '--settings says what the capture will'
check 0
grep -q 'path' "$work/capture.log" && fail "path was not taken"

cp "$repo/tests/data/kdump-nfs.conf" "$conf"
mkdir -p "$root/etc/kdump"
check 78 --root "$root"
says "$conf:11: kdump_pre: $root/etc/kdump/first.sh: No such file or directory"
echo '#!/bin/sh' >"$root/etc/kdump/first.sh"
check 78 --root "$root"
says "$conf:11: kdump_pre: $root/etc/kdump/first.sh: not executable"
chmod 755 "$root/etc/kdump/first.sh"
check 0 --root "$root"
check 78
says "$conf:11: kdump_pre: /etc/kdump/first.sh: No such file or directory"

disk='disks are not for here: use https, s3 or nfs'
refused 'ssh root@host' 'no ssh here: use https, s3 or nfs'
refused 'raw /dev/sda5' "$disk"
refused 'ext4 UUID=03138356-5e61-4ab3-b58e-27507ac41937' "$disk"
refused 'xfs LABEL=/boot' "$disk"
refused 'fence_kdump_nodes node1' 'no fence_kdump here: use kdump_pre'
refused 'failure_action dump_to_rootfs' \
	'no root file system here: use a second target'
refused 'default mount_root_run_init' 'none of: reboot halt poweroff shell'
refused 'dracut_args --mount "host:/a /mnt nfs4 defaults"' \
	'a mount is no target: use nfs, s3 or https'
refused 'core_collector makedumpfile -p -d 31' 'no snappy here: use -l or -z'
refused 'core_collector makedumpfile -l -d 31 --split' \
	"makedumpfile's \"--split\" means nothing here"
refused 'core_collector makedumpfile -l -d 99' 'as dump_level 99: out of range'
refused 'core_collector dd' 'neither makedumpfile nor cp'
refused 'kdumppre /bin/true' 'unknown key'
refused 'nfs nfs.example:/export//crash' 'empty component in the path'
refused 'nfs nfs.example:/export/../etc' 'dots in the path'
refused 's3 s3://crashes/rack-7' 'needs the key s3_credentials'
refused 'https https://host/files' 'needs the keys ca, cert and key'
printf 'core_collector cp\nfile /a\ndump_level 1\n' >"$conf"
check 78
says "$conf:3: dump_level: set already in line 1"

# The files of an overlay, whose names are those in the image.
mkdir -p "$etc"
cat >"$conf" <<EOF
https https://collector.example:8443/files
s3 s3://crashes/rack-7
s3_region eu-central-1
s3_credentials /etc/barecap/s3.keys
ca /etc/barecap/ca.pem
cert /etc/barecap/web1.pem
key /etc/barecap/web1.key
kdump_post /etc/barecap/post
EOF
check 78 --root "$root"
for file in 4:s3_credentials:s3.keys 5:ca:ca.pem 6:cert:web1.pem \
	7:key:web1.key 8:kdump_post:post; do
	key=${file%:*}
	says "$conf:${key%:*}: ${key#*:}: $root/etc/barecap/${file##*:}: No such file or directory"
done
cp "$work/ca.pem" "$work/web1.pem" "$work/web1.key" "$etc"
printf 'access_key AKEXAMPLE\nsecret_key not-a-secret\n' >"$etc/s3.keys"
printf '#!/bin/sh\n' >"$etc/post"
chmod 600 "$etc/s3.keys" "$etc/web1.key"
chmod 755 "$etc/post"
check 0 --root "$root"
[ ! -s "$work/capture.log" ] || fail "more than nothing to say"

chmod 640 "$etc/s3.keys"
chmod 604 "$etc/web1.key"
check 78 --root "$root"
says "$conf:4: s3_credentials: $root/etc/barecap/s3.keys: not for its owner alone: mode 0600 is"
says "$conf:7: key: $root/etc/barecap/web1.key: not for its owner alone: mode 0600 is"
chmod 600 "$etc/s3.keys" "$etc/web1.key"

cp "$work/web1.pem" "$etc/web1.key"
openssl pkcs8 -topk8 -in "$work/web1.key" -passout pass:x -out "$etc/web1.pem"
mkdir "$work/saved" && mv "$etc/ca.pem" "$work/saved" && mkdir "$etc/ca.pem"
check 78 --root "$root"
says "$conf:5: ca: $root/etc/barecap/ca.pem: not a regular file"
says "$conf:6: cert: $root/etc/barecap/web1.pem: no certificate in PEM"
says "$conf:7: key: $root/etc/barecap/web1.key: no private key in PEM"
mv "$etc/web1.pem" "$etc/web1.key"
chmod 600 "$etc/web1.key"
check 78 --root "$root"
says "$conf:7: key: $root/etc/barecap/web1.key: asks for a password"

# What is in the files stays there.
grep -q secret "$work/capture.log" && fail "a secret in the log"
exit 0
