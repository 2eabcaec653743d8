/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast bytes are acknowledged, lately: acknowledgements come a chunk at a
 * time, so the rate is that of the last one or two spans of PACE_SPAN_MS.
 */
#ifndef CAPTURE_PACE_H
#define CAPTURE_PACE_H

#include <stdint.h>

#define PACE_SPAN_MS 10000
#define PACE_GUESS_MAX_MS 20000

struct pace {
	uint64_t ms[2]; /* when these were looked at, */
	uint64_t acked[2]; /* and how many bytes there were then */
};

void pace_init(struct pace *pace, uint64_t now, uint64_t acked);

/*
 * How long so many bytes will take.  When a quarter of them has not been
 * acknowledged since it was looked at before the last time, that is a guess:
 * twice that time, within a limit, because few bytes say more of a latency or
 * of a server that let one wait than of the rate.
 */
uint64_t pace_need_ms(struct pace *pace, uint64_t now, uint64_t acked,
		      uint64_t bytes);

#endif
