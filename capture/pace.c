// SPDX-License-Identifier: GPL-2.0-or-later

#include "capture/pace.h"

void pace_init(struct pace *pace, uint64_t now, uint64_t acked)
{
	*pace = (struct pace){ { now, now }, { acked, acked } };
}

uint64_t pace_need_ms(struct pace *pace, uint64_t now, uint64_t acked,
		      uint64_t bytes)
{
	uint64_t ms = now - pace->ms[0];
	uint64_t got = acked - pace->acked[0];

	if (now - pace->ms[1] >= PACE_SPAN_MS) {
		pace->ms[0] = pace->ms[1];
		pace->acked[0] = pace->acked[1];
		pace->ms[1] = now;
		pace->acked[1] = acked;
	}
	if (got && got >= bytes / 4)
		return (uint64_t)((double)ms * (double)bytes / (double)got);
	return 2 * ms < PACE_GUESS_MAX_MS ? 2 * ms : PACE_GUESS_MAX_MS;
}
