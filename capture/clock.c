// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "capture/clock.h"
#include "netstream/log.h"

uint64_t clock_target(uint64_t now, uint64_t floor, uint64_t crash_time)
{
	uint64_t earliest = floor > crash_time ? floor : crash_time;

	return now < earliest ? earliest : 0;
}

bool clock_advance(uint64_t floor, uint64_t crash_time)
{
	struct timespec ts;
	uint64_t now, to;

	clock_gettime(CLOCK_REALTIME, &ts);
	now = ts.tv_sec < 0 ? 0 : (uint64_t)ts.tv_sec;
	to = clock_target(now, floor, crash_time);
	if (!to)
		return false;

	ts = (struct timespec){ .tv_sec = (time_t)to };
	if (clock_settime(CLOCK_REALTIME, &ts) < 0) {
		log_warn("clock: set to %" PRIu64 ": %s", to, strerror(errno));
		return false;
	}
	log_notice("clock: moved forward by %" PRIu64 " s", to - now);
	return true;
}
