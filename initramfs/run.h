/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One command, in a session of its own, with an end. */
#ifndef INITRAMFS_RUN_H
#define INITRAMFS_RUN_H

#include <stdbool.h>

#include "initramfs/bound.h"

#define RUN_OVER 124 /* as timeout(1) */

/*
 * Runs argv until it ends or is over its bound; then its process group is
 * killed, or left behind to go on when leave is set.  Returns its exit status,
 * 128 plus the signal that ended it, RUN_OVER, or 126 or 127 as a shell when
 * it cannot be run.
 */
int run_command(char **argv, struct bound *bound, bool leave);

/* So that the kernel takes others first when memory is short; logs. */
void run_spare_me(void);

#endif
