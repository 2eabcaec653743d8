// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <sys/stat.h>

#include "initramfs/bound.h"
#include "netstream/io.h"

/* Any other time of change counts: the clock may be set meanwhile. */
static bool has_moved(struct bound *bound)
{
	struct stat st;

	if (stat(bound->progress, &st) < 0 ||
	    (st.st_mtim.tv_sec == bound->written.tv_sec &&
	     st.st_mtim.tv_nsec == bound->written.tv_nsec))
		return false;
	bound->written = st.st_mtim;
	return true;
}

void bound_start(struct bound *bound, uint64_t seconds, uint64_t stall,
		 const char *progress)
{
	*bound = (struct bound){
		.seconds = seconds,
		.stall = stall,
		.progress = progress,
		.start_ms = now_ms(),
		.moved_ms = now_ms(),
	};
	if (stall)
		has_moved(bound);
}

enum bound_state bound_check(struct bound *bound)
{
	uint64_t now = now_ms();

	if (bound->seconds && now - bound->start_ms >= bound->seconds * 1000)
		return BOUND_TIME_OVER;
	if (!bound->stall)
		return BOUND_INSIDE;
	if (has_moved(bound))
		bound->moved_ms = now;
	return now - bound->moved_ms >= bound->stall * 1000 ? BOUND_STALLED
							    : BOUND_INSIDE;
}
