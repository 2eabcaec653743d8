/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long something may take: in all, and without progress.  Progress is a
 * file that is written anew whenever something has moved; what it says does
 * not matter.
 */
#ifndef INITRAMFS_BOUND_H
#define INITRAMFS_BOUND_H

#include <stdint.h>
#include <time.h>

struct bound {
	uint64_t seconds; /* 0 = no limit */
	uint64_t stall; /* seconds; 0 = no limit */
	const char *progress; /* file name, borrowed */
	uint64_t start_ms; /* on the clock of now_ms() */
	uint64_t moved_ms;
	struct timespec written; /* the file's time of last change */
};

enum bound_state { BOUND_INSIDE, BOUND_TIME_OVER, BOUND_STALLED };

/* Both limits count from now. */
void bound_start(struct bound *bound, uint64_t seconds, uint64_t stall,
		 const char *progress);

/* To be asked about once a second: this is what sees progress. */
enum bound_state bound_check(struct bound *bound);

#endif
