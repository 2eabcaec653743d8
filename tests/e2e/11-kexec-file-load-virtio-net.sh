#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole way, with kexec_file_load and virtio-net.
set -u
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"

load='-s -p'

e2e_setup
collector_start
guest_panic
check_whole_capture
e2e_done
