#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same with version 3, which a server without version 4 is left with, and
# as the machine's modules are: those for version 4 first.  Nothing answers to
# DNS, so the address of the configuration counts.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

own_network "$0"
crashkernel=24M
target="nfs filer:/crash/$client"
more_conf='address filer 10.0.2.2'

e2e_setup
nfs_start 3
guest_panic
check_whole_capture
check "it was version 3" grep -q 'crash: vers=3: mounted' "$work/console.log"
check "its address was not looked up" grep -q 'filer: .*; using 10.0.2.2' \
	"$work/console.log"
check "after version 4.2" grep -q 'vers=4.2: Protocol not supported' \
	"$work/console.log"
e2e_done
