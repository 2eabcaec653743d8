// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "netstream/collector/cond.h"
#include "netstream/collector/partial.h"
#include "netstream/collector/session.h"
#include "netstream/collector/sweep.h"
#include "netstream/collector/walk.h"
#include "netstream/log.h"

static bool is_stopping(struct sweep *sweep)
{
	bool stopping;

	pthread_mutex_lock(&sweep->lock);
	stopping = sweep->stopping;
	pthread_mutex_unlock(&sweep->lock);
	return stopping;
}

static void log_end(const struct object_name *name, uint64_t age,
		    const struct partial *partial)
{
	switch (partial->end) {
	case PARTIAL_ENDED:
		log_notice("%s/%s: abandoned for %" PRIu64
			   " s, session ended as partial, %u objects, %" PRIu64
			   " bytes, %u missing",
			   name->client, name->session, age,
			   partial->total.n_objects, partial->total.size,
			   partial->n_missing);
		break;
	case PARTIAL_COMPLETE:
		log_notice("%s/%s: session complete, %u objects, %" PRIu64
			   " bytes",
			   name->client, name->session,
			   partial->total.n_objects, partial->total.size);
		break;
	case PARTIAL_REMOVED:
		log_notice("%s/%s: abandoned for %" PRIu64
			   " s with nothing in it, removed",
			   name->client, name->session, age);
		break;
	}
}

static bool is_abandoned(int session, const struct config *config,
			 uint64_t *age)
{
	if (store_session_complete(session))
		return false;
	*age = session_age(session);
	return *age >= config->abandon_timeout;
}

static void end_abandoned(struct sweep *sweep, int client, int session,
			  const struct object_name *name)
{
	struct tus *tus = sweep->tus;
	struct partial partial;
	struct hold *hold;
	uint64_t age;

	/* Its client is back, or will be found to be gone at the next look. */
	if (hold_take_session(&tus->holds, name, &hold) < 0)
		return;
	/* It may have come and gone since the first question. */
	if (is_abandoned(session, tus->config, &age) &&
	    !partial_end(client, name, &partial))
		log_end(name, age, &partial);
	hold_release(&tus->holds, hold);
}

static void look_at(void *arg, int client, int session,
		    const struct object_name *name)
{
	struct sweep *sweep = arg;
	struct store_total total;
	uint64_t age;

	if (is_stopping(sweep))
		return;
	/* A server may have been killed between the manifest and this. */
	if (!sweep->looked && store_session_complete(session))
		store_session_clean(session, &total);
	if (is_abandoned(session, sweep->tus->config, &age))
		end_abandoned(sweep, client, session, name);
}

void sweep_once(struct sweep *sweep)
{
	walk_sessions(sweep->tus->store->fd, look_at, sweep);
	sweep->looked = true;
}

/* False when it is time to stop. */
static bool wait_interval(struct sweep *sweep)
{
	uint64_t seconds = sweep->tus->config->abandon_timeout / 4;
	struct timespec until;
	int ret = 0;

	if (seconds > SWEEP_INTERVAL_MAX)
		seconds = SWEEP_INTERVAL_MAX;
	until = cond_time(seconds ? seconds : 1);
	pthread_mutex_lock(&sweep->lock);
	while (!sweep->stopping && !ret)
		ret = pthread_cond_timedwait(&sweep->wake, &sweep->lock,
					     &until);
	ret = sweep->stopping;
	pthread_mutex_unlock(&sweep->lock);
	return !ret;
}

static void *run(void *arg)
{
	while (wait_interval(arg))
		sweep_once(arg);
	return NULL;
}

int sweep_start(struct sweep *sweep, struct tus *tus)
{
	int ret;

	*sweep = (struct sweep){ .tus = tus };
	pthread_mutex_init(&sweep->lock, NULL);
	ret = cond_init(&sweep->wake);
	if (ret < 0 || !tus->config->abandon_timeout)
		return ret;
	ret = pthread_create(&sweep->thread, NULL, run, sweep);
	if (ret)
		log_err("no thread: %s", strerror(ret));
	sweep->running = !ret;
	return -ret;
}

void sweep_stop(struct sweep *sweep)
{
	pthread_mutex_lock(&sweep->lock);
	sweep->stopping = true;
	pthread_cond_broadcast(&sweep->wake);
	pthread_mutex_unlock(&sweep->lock);
	if (sweep->running)
		pthread_join(sweep->thread, NULL);
	pthread_cond_destroy(&sweep->wake);
	pthread_mutex_destroy(&sweep->lock);
}
