# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Common part of the end-to-end tests, the demo and the benchmark: a system
# guest in QEMU that arms the capture kernel and panics, and a collector on
# this machine's loopback, which the guest reaches as 10.0.2.2.
#
# A script sets what differs from these defaults, then calls e2e_setup,
# collector_start, guest_panic and the checks.

O=${O:-build}
e2e=${e2e:-tests/e2e}

name=crashed                 # host name of the guest
client=guest-1               # its client certificate's name
memory=512                   # MiB
crashkernel=32M
load=-p
netdev=user
nic=virtio-net-pci,mac=52:54:00:00:00:01
netdev=user    # what it is connected to; the collector has 10.0.2.2 there
collector_address=127.0.0.1 # of this machine
ip=dhcp
nr_cpus=1      # of the capture kernel
more_cmdline=
more_qemu=     # arguments
more_conf=     # lines of capture.conf
format=        # "elf": the vmcore as it is
compression=lzo # empty: the default, which Debian 12's makedumpfile cannot read
modules=       # names, into the site overlay
module_dirs="$O/image/modules $O/test/modules" # the last one wins
adapters=      # of tests/models/chelsio; the first is 0000:00:10.0
before_panic=  # a command line of the system guest
programs=      # files, into the system guest's /bin
first_ack=2.5  # CPU seconds after the panic, at most; see in_time
peak_rss=8     # MiB of vmcapture, at most
with_conf=1    # 0: the site overlay lacks capture.conf
collector_url= # https://collector:PORT/files unless set
target=        # a line of capture.conf; "https" and the collector unless set
now=           # what the guest's NTP says
timeout=170
show= # -p: vmrun shows the stages as they happen

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# e2e_setup: a fresh directory for this run, $work, and what it needs
e2e_setup() {
	work=${work:-$O/e2e/$(basename "$0" .sh)}
	store=$work/store session=
	checks=0 failures=0 collector_pid='' guest_pid=''
	for tool in qemu-system-x86_64 openssl cpio; do
		command -v "$tool" >/dev/null || die "no $tool; see make deps"
	done
	rm -rf "$work"
	mkdir -p "$work/overlay/etc/barecap" "$work/system" "$store"
	trap e2e_cleanup EXIT
	trap 'exit 130' INT TERM
}

# Runs last, whatever happened: nothing is left running.
e2e_cleanup() {
	trap '' INT TERM
	collector_stop
	[ -z "$guest_pid" ] || kill "$guest_pid" 2>/dev/null
}

# certificate NAME SUBJECT EXTENSIONS: NAME.pem and NAME.key, signed by the CA
certificate() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$work/$1.key" -out "$work/$1.csr" -subj "/CN=$2" &&
		printf '%s\n' "$3" >"$work/$1.ext" &&
		openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" \
			-CAkey "$work/ca.key" -days 3650 \
			-extfile "$work/$1.ext" -out "$work/$1.pem"
}

# certificates: a throw-away CA, the collector's and the guest's
certificates() {
	{
		openssl req -x509 -newkey ec -pkeyopt \
			ec_paramgen_curve:P-256 -nodes -days 3650 \
			-keyout "$work/ca.key" -out "$work/ca.pem" \
			-subj "/CN=barecap throw-away CA" &&
			certificate collector collector \
				"subjectAltName=DNS:collector,DNS:collector.example,IP:10.0.2.2" &&
			certificate client "$client" \
				"extendedKeyUsage=clientAuth"
	} >"$work/openssl.log" 2>&1 || die "see $work/openssl.log"
	chmod 600 "$work"/*.key
}

# collector_start: vmcollectd on a free port, in $port
collector_start() {
	certificates
	"$O/host/vmcollectd" --listen "$collector_address:0" --store "$store" \
		--cert "$work/collector.pem" --key "$work/collector.key" \
		--client-ca "$work/ca.pem" 2>"$work/collector.log" &
	collector_pid=$!
	for _ in $(seq 50); do
		port=$(sed -n 's/.*listening on [0-9.]*:\([0-9]*\).*/\1/p' \
			"$work/collector.log")
		[ -z "$port" ] || return 0
		kill -0 "$collector_pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$work/collector.log" >&2
	die "vmcollectd did not start"
}

collector_stop() {
	[ -n "$collector_pid" ] || return 0
	kill "$collector_pid" 2>/dev/null
	wait "$collector_pid" 2>/dev/null
	collector_pid=
}

# own_network SCRIPT [WORD]...: goes on in a network where all ports are free,
# and with which all daemons end
own_network() {
	[ -z "${owns_network-}" ] || return 0
	[ "$(id -u)" -eq 0 ] || {
		echo "1..0 # SKIP only root has networks of his own"
		exit 4
	}
	owns_network=1 exec unshare --mount --net --pid --fork --kill-child \
		--mount-proc "$@"
}

# nfs_start [VERSIONS]: a server whose export /crash is the store, and the
# modules that the capture kernel needs for it
nfs_start() {
	nfs=$(cd "$work" && pwd)/nfs
	EXPORT=$store PROTOCOLS=${1:-4} tests/servers/ganesha start "$nfs" ||
		die "no NFS server"
	modules="$modules sunrpc grace lockd nfs dns_resolver nfsv4 nfsv3"
	target=${target:-nfs 10.0.2.2:/crash/$client}
}

# archive DIRECTORY: as a cpio archive on stdout, owned by root
archive() {
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

# overlay: this site's part of the image: collector, certificates, clock
overlay() {
	dir=$work/overlay/etc/barecap
	for module in $modules; do
		mkdir -p "$work/overlay/lib/modules"
		for from in $module_dirs; do
			[ ! -e "$from/$module.ko" ] ||
				cp "$from/$module.ko" "$work/overlay/lib/modules"
		done
	done
	printf '127.0.0.1 localhost\n10.0.2.2 collector\n' \
		>"$work/overlay/etc/hosts"
	[ "$with_conf" = 1 ] || return 0
	cat >"$dir/capture.conf" <<END
${target:-https ${collector_url:-https://collector:$port/files}}
host $name
clock_floor $(date +%s)
$more_conf
END
	if [ -e "$work/client.key" ]; then
		cp -p "$work/ca.pem" "$work/client.pem" "$work/client.key" \
			"$dir"
		for key in ca:ca.pem cert:client.pem key:client.key; do
			echo "${key%:*} /etc/barecap/${key#*:}"
		done >>"$dir/capture.conf"
	fi
	[ -z "$compression" ] ||
		echo "compression $compression" >>"$dir/capture.conf"
	[ -z "$format" ] || printf 'format %s\ndump_level 0\n' "$format" \
		>>"$dir/capture.conf"
}

# program FILE: one of the site overlay, from standard input
program() {
	mkdir -p "$(dirname "$work/overlay$1")"
	cat >"$work/overlay$1"
	chmod +x "$work/overlay$1"
}

# capture_cmdline: the words of configs/cmdline, and this run's
capture_cmdline() {
	sed "/^#/d; s/^nr_cpus=.*/nr_cpus=$nr_cpus/" configs/cmdline | tr '\n' ' '
	echo "ip=$ip barecap.verdict=ttyS1 loglevel=7 oops=panic panic_on_warn=1" \
		"$more_cmdline"
}

# system_image: the system guest's initramfs.  The capture image in it is the
# base image as it was built, with the site overlay behind it.
system_image() {
	root=$work/system
	mkdir -p "$root/bin" "$root/sbin" "$root/boot" "$root/etc" \
		"$root/proc" "$root/sys"
	cp "$e2e/init-system" "$root/init"
	cp "$O/sysroot/bin/busybox" "$root/bin/busybox"
	cp "$O/sysroot/sbin/kexec" "$root/sbin/kexec"
	for applet in sh mount date hostname uname cat poweroff; do
		ln -s busybox "$root/bin/$applet"
	done
	for program in $programs; do
		cp "$program" "$root/bin" || die "no $program"
	done
	cp "$O/image/vmlinuz" "$root/boot/vmlinuz"
	archive "$work/overlay" | cat "$O/image/base.cpio.xz" - \
		>"$root/boot/capture.img"
	cat >"$root/etc/system" <<END
name='$name'
load='$load'
cmdline='$(capture_cmdline)'
now='$now'
before_panic='$(echo "$before_panic" | tr '\n' ' ')'
END
	archive "$root" >"$work/system.cpio"
	rm -rf "$root"
}

# models_work: does this QEMU take a model?  Without KVM, QEMU 10 crashes when
# it makes an x-pci-proxy-dev (KVM_IRQFD of a KVM that is not there).
models_work() {
	echo quit | "$O/test/chelsio" -o "$work" t5:255:1,0,0 -- \
		qemu-system-x86_64 -accel tcg -M q35,memory-backend=memory \
		-object memory-backend-memfd,id=memory,size=64M,share=on \
		-m 64 -nodefaults -display none -monitor stdio -S \
		-device x-pci-proxy-dev,id=adapter,fd=40 >"$work/trial.log" 2>&1
}

# models_or_skip: ends a test that is about adapters alone
models_or_skip() {
	models_work && return
	echo "1..0 # SKIP this QEMU cannot have modelled adapters without KVM"
	exit 4
}

# adapters: what QEMU is started by and with so that it has them.  Each access
# to one is a turn of QEMU and its model, which one core does fastest.
adapters() {
	machine=q35,memory-backend=memory
	models="taskset -c 0 $O/test/chelsio -o $work $adapters --"
	adapters_qemu="-object
		memory-backend-memfd,id=memory,size=${memory}M,share=on"
	n=0
	for _ in $adapters; do
		adapters_qemu="$adapters_qemu -device
			x-pci-proxy-dev,id=adapter$n,fd=4$n,addr=0x1$n"
		n=$((n + 1))
	done
}

# guest_panic: from power-on to the reboot of the capture kernel.  kexec does
# not reset the machine, so -no-reboot turns that reboot into QEMU's exit.
guest_panic() {
	overlay
	system_image
	: >"$work/verdict"
	machine=q35 models='' adapters_qemu=''
	[ -z "$adapters" ] || adapters
	# shellcheck disable=SC2086 # these are lists of words
	"$O/test/vmrun" ${show:+"$show"} -t "$timeout" -l "$work/console.log" \
		-s "$work/summary" -- $models qemu-system-x86_64 -accel tcg \
		-M "$machine" -cpu max -smp 1 -m "$memory" -nodefaults \
		-display none -monitor none -no-reboot -serial stdio \
		-serial "file:$work/verdict" \
		-kernel "$O/system/vmlinuz" -initrd "$work/system.cpio" \
		-append "console=ttyS0 crashkernel=$crashkernel" \
		-netdev "$netdev,id=net0" -device "$nic,netdev=net0" \
		$more_qemu $adapters_qemu </dev/null &
	guest_pid=$!
	wait "$guest_pid"
	guest_pid=
	rm -f "$work/system.cpio"
	session=$(find "$store" -mindepth 2 -maxdepth 2 -type d | head -n 1)
}

# stage NAME [wall|cpu]: seconds from the panic to this stage; empty: not seen
stage() {
	sed -n "s|^$1=||p" "$work/summary" |
		cut -d/ -f"$([ "${2-cpu}" = wall ] && echo 1 || echo 2)"
}

# manifest KEY: a number or string of manifest.json
manifest() {
	sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" \
		"$session/manifest.json" | head -n 1
}

# at_most VALUE LIMIT: also false when there is no value
at_most() {
	echo "$1, at most $2 wanted"
	[ -n "$1" ] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'
}

# in_time CPU_SECONDS LIMIT: in as much more as the system guest, from power-on
# to its panic, needs more than 2.8 CPU seconds.  A CPU second is not worth the
# same all day, on a machine that is shared.
in_time() {
	limit=$(awk -v limit="$2" -v on="$(stage power-on)" 'BEGIN {
		slow = -on / 2.8
		printf "%.3f", limit * (slow > 1 ? slow : 1) }')
	at_most "$1" "$limit"
}

same() {
	echo "$1"
	echo "$2"
	[ -n "$1" ] && [ "$1" = "$2" ]
}

# check WHAT COMMAND...: one TAP line; the command's output only if it fails
check() {
	what=$1
	shift
	checks=$((checks + 1))
	if "$@" >"$work/check.log" 2>&1; then
		echo "ok $checks - $what"
	else
		failures=$((failures + 1))
		echo "not ok $checks - $what"
		tail -n 20 "$work/check.log" | sed 's/^/# /'
	fi
}

# ends WORD: the capture kernel wrote WORD to the second port and rebooted
ends() {
	cat "$work/summary" "$work/verdict"
	[ "$(sed -n 's/^exit=//p' "$work/summary")" = 0 ] &&
		[ -n "$(stage panic)" ] && [ -n "$(stage restart)" ] &&
		[ -z "$(stage capture-panic)" ] &&
		[ "$(tr -d '\r' <"$work/verdict")" = "$1" ]
}

# logged PATTERN: by the capture kernel, on the console
logged() {
	grep -e "$1" "$work/console.log" || {
		tail -n 15 "$work/console.log"
		return 1
	}
}

# bitten: the watchdog, and nothing else, reset the machine
bitten() {
	cat "$work/summary"
	[ "$(sed -n 's/^exit=//p' "$work/summary")" = 0 ] &&
		[ -z "$(stage restart)" ] &&
		! grep 'sysrq: Resetting' "$work/console.log"
}

# makedumpfile 1.7.6 of Debian 13 puts the caller behind the time, 1.7.2 of
# Debian 12 does not, and neither does the kernel as Debian configures it.
dmesg_matches() {
	makedumpfile --dump-dmesg "$session/vmcore" "$work/dmesg.raw" &&
		sed 's/^\(\[ *[0-9]*\.[0-9]*\]\) \[ *[CT][0-9]*\]/\1/' \
			"$work/dmesg.raw" >"$work/dmesg.txt" &&
		cmp "$work/dmesg.txt" "$session/vmcore-dmesg.txt" &&
		grep 'sysrq: Trigger a crash' "$session/vmcore-dmesg.txt"
}

# notes: the notes of an ELF vmcore as readelf lists them; how long the text of
# VMCOREINFO is depends on the system kernel
notes() {
	readelf -n "$session/vmcore" 2>/dev/null | cut -c1-70 |
		sed -n '/^  Owner/d; s/^  \([A-Z]\)/\1/p' |
		sed 's/^\(VMCOREINFO *\)0x[0-9a-f]*/\1SIZE/; s/[[:space:]]\{1,\}/ /g'
}

# dump NAME: what the driver collected, out of the object of its own
dump() {
	zstd -dcq "$session"/device-dumps/*-"$1".zst
}

# note_of N: the N-th device dump, from 0, as it is in the vmcore
note_of() {
	at=4096
	[ "$format" = elf ] || at=$((at + 104)) # behind the sub-header
	for _ in $(seq "$1"); do
		at=$((at + 20 + $(u32 $((at + 4)))))
	done
	tail -c +$((at + 65)) "$session/vmcore" |
		head -c $(($(u32 $((at + 4))) - 44))
}

# u32 OFFSET: a number of the vmcore
u32() {
	od -An -tu4 -j "$1" -N 4 "$session/vmcore" | tr -d ' '
}

# dumps_are_notes COUNT: each object of a dump is the note of the vmcore
dumps_are_notes() {
	[ "$(find "$session/device-dumps" -type f | wc -l)" -eq "$1" ] || return
	i=0
	for object in "$session"/device-dumps/*.zst; do
		note_of $i >"$work/note"
		zstd -dcq "$object" | cmp - "$work/note" || return
		i=$((i + 1))
	done
	rm -f "$work/note"
}

# crash_shows TEXT COMMANDS: of what landed
crash_shows() {
	printf '%s\n' "$2" >"$work/crash.in"
	timeout 120 crash -s -i "$work/crash.in" "$O/system/vmlinux" \
		"$session/vmcore" </dev/null >"$work/crash.log" 2>&1
	cat "$work/crash.log"
	grep -q "$1" "$work/crash.log"
}

# crash_extracts N FILE: crash lists N dumps, and its last one is FILE
crash_extracts() {
	rm -f "$work/extracted"
	printf 'dev -V\ndev -v %d %s\n' $(($1 - 1)) "$work/extracted" \
		>"$work/crash.in"
	timeout 120 crash -s -i "$work/crash.in" "$O/system/vmlinux" \
		"$session/vmcore" </dev/null >"$work/crash.log" 2>&1
	cat "$work/crash.log"
	cmp "$2" "$work/extracted"
}

# driver NAME KEY: what session.json says of a driver
driver() {
	awk -v name="\"$1\"," -v key="\"$2\":" '
		/"drivers"/ { drivers = 1 }
		drivers && $1 == "\"name\":" { found = $2 == name }
		found && $1 == key {
			sub(/^[^:]*: /, ""); gsub(/[",]/, ""); print; exit
		}' "$session/session.json"
}

# is_as_sent: every object has the size and the digests of manifest.json
is_as_sent() {
	"$O/host/vmcollectd" verify --store "$store" "${session#"$store"/}"
}

# check_whole_capture: what must be true of every capture that worked
check_whole_capture() {
	check "vmcapture ended with 0 and the machine rebooted by itself" \
		ends 'vmcapture 0'
	check "the session is complete at the target" \
		test -s "$session/manifest.json"
	if [ ! -s "$session/manifest.json" ]; then
		tail -n 40 "$work/console.log" | sed 's/^/# /'
		return
	fi
	check "nothing is left incomplete" test -z \
		"$(find "$store" -name '*.incomplete')"
	check "everything has the digests that the capture kernel computed" \
		is_as_sent
	[ -z "$compression" ] ||
		check "vmcore-dmesg.txt is what makedumpfile extracts" \
			dmesg_matches
	check "peak RSS of vmcapture is at most $peak_rss MiB" \
		at_most "$(manifest peak_rss_kb)" $((peak_rss * 1024))
	check "first bytes acknowledged within $first_ack CPU s of the panic" \
		in_time "$(stage first-ack)" "$first_ack"
	figures | sed 's/^/# /'
}

# figures: wall/CPU seconds since the panic, memory in kB
figures() {
	grep -E '^(init|network|first-ack|vmcore-ack|complete|end)=' \
		"$work/summary" | tr '\n' ' '
	sed -n 's/.*init: memory: //p' "$work/console.log" | tr -d '\n'
	echo ", peak RSS $(manifest peak_rss_kb) kB"
}

# e2e_done: prints the plan; the vmcores of a test that passed go
e2e_done() {
	echo "1..$checks"
	[ "$failures" -eq 0 ] || exit 1
	rm -rf "${store:?}"/* "$work/overlay"
}
