// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "netstream/collector/cond.h"
#include "netstream/collector/hold.h"

/* As long as the slowest fsync that is worth waiting for. */
#define WAIT_S 20

struct hold {
	struct hold *next;
	unsigned int n_users; /* the holder and those who wait */
	bool held;
	int socket;
	struct object_name name;
};

int holds_init(struct holds *holds)
{
	holds->first = NULL;
	pthread_mutex_init(&holds->lock, NULL);
	return cond_init(&holds->released);
}

void holds_destroy(struct holds *holds)
{
	pthread_cond_destroy(&holds->released);
	pthread_mutex_destroy(&holds->lock);
}

static bool is_of_session(const struct hold *hold,
			  const struct object_name *name)
{
	return !strcmp(hold->name.client, name->client) &&
	       !strcmp(hold->name.session, name->session);
}

static struct hold *add_hold(struct holds *holds,
			     const struct object_name *name)
{
	struct hold *hold = calloc(1, sizeof(*hold));

	if (!hold)
		return NULL;
	hold->socket = -1;
	hold->name = *name;
	hold->next = holds->first;
	holds->first = hold;
	return hold;
}

static struct hold *find(struct holds *holds, const struct object_name *name)
{
	struct hold *hold;

	for (hold = holds->first; hold; hold = hold->next)
		if (is_of_session(hold, name) &&
		    !strcmp(hold->name.object, name->object))
			return hold;
	return add_hold(holds, name);
}

/* By another request, or with all of its session, which has no object name. */
static bool is_held(const struct holds *holds, const struct hold *hold)
{
	const struct hold *other;

	for (other = holds->first; other; other = other->next)
		if (other->held && is_of_session(other, &hold->name) &&
		    (other == hold || !other->name.object[0]))
			return true;
	return false;
}

static void drop_user(struct holds *holds, struct hold *hold)
{
	struct hold **link = &holds->first;

	if (--hold->n_users)
		return;
	while (*link != hold)
		link = &(*link)->next;
	*link = hold->next;
	free(hold);
}

int hold_take(struct holds *holds, const struct object_name *name, int socket,
	      struct hold **ret)
{
	struct timespec until = cond_time(WAIT_S);
	struct hold *hold;
	int err = 0;

	pthread_mutex_lock(&holds->lock);
	hold = find(holds, name);
	if (!hold) {
		pthread_mutex_unlock(&holds->lock);
		return -ENOMEM;
	}
	hold->n_users++;
	while (is_held(holds, hold) && !err) {
		/* The connection's own thread wakes up and ends the request. */
		if (hold->socket >= 0)
			shutdown(hold->socket, SHUT_RDWR);
		hold->socket = -1;
		err = pthread_cond_timedwait(&holds->released, &holds->lock,
					     &until);
	}
	if (is_held(holds, hold)) {
		drop_user(holds, hold);
		hold = NULL;
	} else {
		hold->held = true;
		hold->socket = socket;
	}
	pthread_mutex_unlock(&holds->lock);
	*ret = hold;
	return hold ? 0 : -ETIMEDOUT;
}

int hold_take_session(struct holds *holds, const struct object_name *name,
		      struct hold **ret)
{
	struct object_name session = *name;
	struct hold *hold;
	int err = 0;

	session.object[0] = '\0';
	pthread_mutex_lock(&holds->lock);
	for (hold = holds->first; hold && !err; hold = hold->next)
		if (is_of_session(hold, name))
			err = -EBUSY;
	if (!err) {
		hold = add_hold(holds, &session);
		if (hold)
			hold->n_users = 1;
		err = hold ? 0 : -ENOMEM;
	}
	if (!err) {
		hold->held = true;
		*ret = hold;
	}
	pthread_mutex_unlock(&holds->lock);
	return err;
}

void hold_keep(struct holds *holds, struct hold *hold)
{
	pthread_mutex_lock(&holds->lock);
	hold->socket = -1;
	pthread_mutex_unlock(&holds->lock);
}

void hold_release(struct holds *holds, struct hold *hold)
{
	if (!hold)
		return;
	pthread_mutex_lock(&holds->lock);
	hold->held = false;
	hold->socket = -1;
	drop_user(holds, hold);
	pthread_cond_broadcast(&holds->released);
	pthread_mutex_unlock(&holds->lock);
}
