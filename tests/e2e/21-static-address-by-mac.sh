#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two network cards, a static address, and barecap.mac= says which card: the
# other one has a link too, but leads nowhere.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off
more_cmdline=barecap.mac=52:54:00:00:00:01
nic=virtio-net-pci,mac=52:54:00:00:00:01,addr=3
# This card is in front of the right one on the PCI bus.
more_qemu="-netdev hubport,id=net1,hubid=1
	-device virtio-net-pci,mac=52:54:00:00:00:02,netdev=net1,addr=2"

e2e_setup
collector_start
guest_panic
check_whole_capture
check "the card with the MAC address is the one that was used" \
	grep 'configured, MAC 52:54:00:00:00:01' "$work/console.log"
e2e_done
