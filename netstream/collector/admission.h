/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many sessions are received at the same time.  When a rack loses its
 * power feed, a few captures that get through are worth more than hundreds
 * that all miss their deadlines.
 *
 * A session has a seat while requests for it arrive.  One that exists already
 * is seated whatever the limit; one that would be new waits, and its client is
 * told to come back.  Seats are given in the order in which the sessions were
 * first asked for, so that nobody starves whose client keeps asking.
 *
 * Nothing of this is on the disk but the sessions themselves: a server that
 * starts seats those that are young.
 */
#ifndef COLLECTOR_ADMISSION_H
#define COLLECTOR_ADMISSION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "netstream/collector/store.h"

/* Seconds after which a client is asked to come back. */
#define ADMISSION_RETRY_S 5
/* Who is not back after so many milliseconds has given up its place. */
#define ADMISSION_PATIENCE_MS 20000
/* Sessions that are remembered; what is more is refused without a place. */
#define ADMISSION_SEATS_MAX 4096

struct seat;

struct admission {
	pthread_mutex_t lock;
	uint64_t max; /* sessions; 0: no limit, nothing is remembered */
	uint64_t idle_ms; /* a seat is free after so long without a request */
	struct seat *first; /* in the order of arrival */
	unsigned int n_seats;
};

enum admission_answer {
	ADMISSION_SEATED,
	ADMISSION_WAITS, /* from now on */
	ADMISSION_STILL_WAITS,
};

void admission_init(struct admission *admission, uint64_t max, uint64_t idle_s);
void admission_destroy(struct admission *admission);

/* The sessions of a store that may still be running; a descriptor. */
void admission_load(struct admission *admission, int store);

/* A request for a session that exists.  The object of the name is ignored. */
void admission_seen(struct admission *admission,
		    const struct object_name *name);
/* A request that would start one. */
enum admission_answer admission_start(struct admission *admission,
				      const struct object_name *name);
/* The session has ended: its seat is free. */
void admission_end(struct admission *admission, const struct object_name *name);

#endif
