#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# nr_cpus=2 gives the capture kernel a second CPU, and vmcapture its two
# threads, whichever CPU panicked: the one that firmware starts first, which no
# INIT may be sent to when the kernel runs on another, or a later one.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

more_qemu='-smp 3'
nr_cpus=2
crashkernel=28M
memory=256
first_ack=5 # two CPUs take turns under TCG
more_conf='threads 2'

# panic_on CPU: the system guest panics there
panic_on() {
	before_panic="mount -t cgroup2 none /sys/fs/cgroup;
		echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control;
		busybox mkdir /sys/fs/cgroup/cpu;
		echo $1 >/sys/fs/cgroup/cpu/cpuset.cpus;
		echo 0 >/sys/fs/cgroup/cpu/cgroup.procs;"
}

# panicked_on CPU: the log of the crashed kernel says so
panicked_on() {
	grep "CPU: $1 PID: .* Kdump: loaded" "$session/vmcore-dmesg.txt"
}

# started: how many CPUs the capture kernel has
started() {
	sed -n '/panicked\|Linux version.*-barecap/,$ {
		s/.*Brought up 1 node, \([0-9]*\) CPUs*.*/\1/p
	}' "$work/console.log" | tr -d '\r'
}

e2e_setup
collector_start
for cpu in 0 1; do
	rm -rf "${store:?}/$client" "$work/dmesg.raw"
	panic_on "$cpu"
	guest_panic
	check "CPU $cpu panicked" panicked_on "$cpu"
	check_whole_capture
	check "the capture kernel had two CPUs" same "$(started)" 2
	check "vmcapture had two threads" same "$(manifest threads)" 2
done
e2e_done
