/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request at a time works on an upload.  A newer request cuts the
 * connection of an older one that is still receiving, because that is what a
 * client does after its network was gone: the older connection is half open
 * and would block the upload until it times out.  Who ends an abandoned
 * session holds all of it.
 */
#ifndef COLLECTOR_HOLD_H
#define COLLECTOR_HOLD_H

#include <pthread.h>

#include "netstream/collector/store.h"

struct hold;

struct holds {
	pthread_mutex_t lock;
	pthread_cond_t released;
	struct hold *first;
};

int holds_init(struct holds *holds);
void holds_destroy(struct holds *holds);

/*
 * Waits until nobody else holds the upload; 0, -ENOMEM, or -ETIMEDOUT after
 * some seconds.  Socket is the connection that may be cut, or -1.
 */
int hold_take(struct holds *holds, const struct object_name *name, int socket,
	      struct hold **ret);

/*
 * All of a session, now or not at all: -EBUSY when a request works on one of
 * its uploads or waits for it, -ENOMEM.  Requests that come later wait until
 * it is released.  The object of the name does not matter.
 */
int hold_take_session(struct holds *holds, const struct object_name *name,
		      struct hold **ret);

/* The body has arrived: from here on the request is not cut any more. */
void hold_keep(struct holds *holds, struct hold *hold);

/* Takes NULL. */
void hold_release(struct holds *holds, struct hold *hold);

#endif
