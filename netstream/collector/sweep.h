/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread that looks for sessions whose clients have vanished, and ends
 * them (partial.h); the first time, also for leftovers of those that have
 * ended.  That is one interval after the start, so that clients may come back
 * to a server that was away.
 */
#ifndef COLLECTOR_SWEEP_H
#define COLLECTOR_SWEEP_H

#include <pthread.h>
#include <stdbool.h>

#include "netstream/collector/tus.h"

/* Seconds between two looks: a quarter of abandon_timeout, at most this. */
#define SWEEP_INTERVAL_MAX 60

struct sweep {
	struct tus *tus;
	pthread_t thread;
	bool running; /* there is a thread */
	bool looked; /* at all sessions, once */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
};

/* Nothing runs when abandon_timeout is 0.  0 or -errno, logged. */
int sweep_start(struct sweep *sweep, struct tus *tus);

/* Waits for the session that is being ended. */
void sweep_stop(struct sweep *sweep);

/* One look at all sessions, for the thread and for tests. */
void sweep_once(struct sweep *sweep);

#endif
