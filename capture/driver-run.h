/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One driver: its module and those that it needs are loaded by a child, which
 * is the only one to suffer when the driver hangs, oopses or eats memory.  A
 * child that does not even die of SIGKILL is stuck in the kernel: it is left
 * behind, at the lowest priority.
 */
#ifndef CAPTURE_DRIVER_RUN_H
#define CAPTURE_DRIVER_RUN_H

#include "capture/config.h"
#include "capture/drivers.h"

struct driver_run {
	const struct config *config;
	const char *cmdline; /* of the kernel */
	bool left_behind; /* some child of a run was */
};

/* Writes to a file of the kernel's.  Logs the reason. */
void driver_write(const char *path, const char *text);

/* Fills in what became of driver->name; logs that in one line. */
void driver_load(struct driver_run *run, struct driver *driver,
		 uint64_t limit_ms);

#endif
