/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock of the capture kernel: a machine without a clock of its own, or
 * with one in local time, is in the past, and certificates are "not yet
 * valid" there.  The system kernel's crash cannot lie in the future, nor can
 * the moment that the capture kernel was loaded.
 */
#ifndef CAPTURE_CLOCK_H
#define CAPTURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The time to set when it is now, or 0 when now is late enough. */
uint64_t clock_target(uint64_t now, uint64_t floor, uint64_t crash_time);

/* Sets the clock; true when it was moved.  Logs both. */
bool clock_advance(uint64_t floor, uint64_t crash_time);

#endif
