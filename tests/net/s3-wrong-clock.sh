#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A clock that is hours off is repaired by the store's: of a store whose clock
# is five hours ahead, and of a vmcapture whose own is six hours ahead.
. "${0%/*}/lib.sh"
. "${0%/*}/s3.sh"

CLOCK=+5h
export CLOCK
start_store swift
s3conf 'format elf' 'dump_level 0'
capture
expect_status 0
expect_log 'the clock is 1[78][0-9]* s behind: going by the store'
expect_vmcore "$vmcore"
stop_store
unset CLOCK

start_store ceph
s3conf 'format elf' 'dump_level 0'
vmcapture=$O/host/vmcapture
LD_PRELOAD=$faketime FAKETIME=+6h DONT_FAKE_MONOTONIC=1 \
	timeout 90 "$vmcapture" -c "$work/capture.conf" -i "$vmcore" \
	2>>"$work/capture.log"
status=$?
expect_status 0
expect_log 'the clock is 21[0-9]* s ahead: going by the store'
expect_vmcore "$vmcore"
stop_store
