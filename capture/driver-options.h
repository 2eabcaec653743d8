/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of a module, as modprobe collects them: from the configuration,
 * then the words NAME.PARAM=VALUE of the kernel command line, so that those
 * win; a value in double quotes may have blanks.
 */
#ifndef CAPTURE_DRIVER_OPTIONS_H
#define CAPTURE_DRIVER_OPTIONS_H

#include <stddef.h>

#include "capture/config.h"

/* Twice the longest command line of any architecture that we have. */
#define DRIVER_OPTIONS_LEN 4096

/* Parted by blanks, for init_module(2).  0; -E2BIG when it is too much. */
int driver_options(const struct config *config, const char *cmdline,
		   const char *name, size_t len,
		   char text[static DRIVER_OPTIONS_LEN]);

#endif
