/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions that are waited for by a clock that is never set. */
#ifndef COLLECTOR_COND_H
#define COLLECTOR_COND_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* 0 or -errno.  Times for pthread_cond_timedwait() are those of cond_time(). */
static inline int cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int ret;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	ret = pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
	return -ret;
}

static inline struct timespec cond_time(uint64_t seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)seconds;
	return until;
}

#endif
