/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast bytes are acknowledged, lately: acknowledgements come a chunk at a
 * time, so the rate is that of the last one or two spans of PACE_SPAN_MS.
 */
#ifndef CAPTURE_PACE_H
#define CAPTURE_PACE_H

#include <stdint.h>

#define PACE_SPAN_MS 10000

struct pace {
	uint64_t ms[2]; /* when these were looked at, */
	uint64_t acked[2]; /* and how many bytes there were then */
};

void pace_init(struct pace *pace, uint64_t now, uint64_t acked);

/*
 * How long so many bytes will take.  When less than half of them have been
 * acknowledged in the time, half count as if they had been just now: it will
 * not be less, and what few bytes took says more of the latency than of the
 * rate.
 */
uint64_t pace_need_ms(struct pace *pace, uint64_t now, uint64_t acked,
		      uint64_t bytes);

#endif
