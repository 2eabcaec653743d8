// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "netstream/collector/admission.h"
#include "netstream/collector/session.h"
#include "netstream/collector/walk.h"
#include "netstream/io.h"

struct seat {
	struct seat *next;
	bool seated; /* or waiting */
	uint64_t seen_ms;
	char client[STORE_CLIENT_MAX + 1];
	char session[NAME_LEN_MAX + 1];
};

void admission_init(struct admission *admission, uint64_t max, uint64_t idle_s)
{
	*admission = (struct admission){ .max = max, .idle_ms = idle_s * 1000 };
	pthread_mutex_init(&admission->lock, NULL);
}

static void drop(struct admission *admission, struct seat **link)
{
	struct seat *seat = *link;

	*link = seat->next;
	free(seat);
	admission->n_seats--;
}

void admission_destroy(struct admission *admission)
{
	while (admission->first)
		drop(admission, &admission->first);
	pthread_mutex_destroy(&admission->lock);
}

/* Of those whose clients have not been heard of for too long. */
static void free_seats(struct admission *admission, uint64_t now)
{
	struct seat **link = &admission->first;

	while (*link) {
		const struct seat *seat = *link;

		if (now - seat->seen_ms >
		    (seat->seated ? admission->idle_ms : ADMISSION_PATIENCE_MS))
			drop(admission, link);
		else
			link = &(*link)->next;
	}
}

/* Where the session's seat is, or the end of the list. */
static struct seat **find(struct admission *admission,
			  const struct object_name *name)
{
	struct seat **link = &admission->first;

	while (*link && (strcmp((*link)->client, name->client) ||
			 strcmp((*link)->session, name->session)))
		link = &(*link)->next;
	return link;
}

/* The session's seat, a new one behind all others, or NULL. */
static struct seat *find_or_add(struct admission *admission,
				const struct object_name *name)
{
	struct seat **link = find(admission, name);
	struct seat *seat = *link;

	if (seat || admission->n_seats == ADMISSION_SEATS_MAX)
		return seat;
	seat = calloc(1, sizeof(*seat));
	if (!seat)
		return NULL;
	memcpy(seat->client, name->client, sizeof(seat->client));
	memcpy(seat->session, name->session, sizeof(seat->session));
	admission->n_seats++;
	*link = seat;
	return seat;
}

void admission_seen(struct admission *admission, const struct object_name *name)
{
	struct seat *seat;

	if (!admission->max)
		return;
	pthread_mutex_lock(&admission->lock);
	seat = find_or_add(admission, name);
	if (seat) {
		seat->seated = true;
		seat->seen_ms = now_ms();
	}
	pthread_mutex_unlock(&admission->lock);
}

/* Those who are seated, and those who wait for longer than this one. */
static uint64_t count_before(const struct admission *admission,
			     const struct seat *own)
{
	const struct seat *seat;
	uint64_t n = 0;
	bool passed = false;

	for (seat = admission->first; seat; seat = seat->next) {
		passed = passed || seat == own;
		if (seat->seated || !passed)
			n++;
	}
	return n;
}

static enum admission_answer ask(struct admission *admission,
				 const struct object_name *name, uint64_t now)
{
	struct seat *seat;
	bool is_new;

	free_seats(admission, now);
	is_new = !*find(admission, name);
	seat = find_or_add(admission, name);
	if (!seat)
		return ADMISSION_STILL_WAITS;
	seat->seen_ms = now;
	if (!seat->seated)
		seat->seated = count_before(admission, seat) < admission->max;
	if (seat->seated)
		return ADMISSION_SEATED;
	return is_new ? ADMISSION_WAITS : ADMISSION_STILL_WAITS;
}

enum admission_answer admission_start(struct admission *admission,
				      const struct object_name *name)
{
	enum admission_answer answer;

	if (!admission->max)
		return ADMISSION_SEATED;
	pthread_mutex_lock(&admission->lock);
	answer = ask(admission, name, now_ms());
	pthread_mutex_unlock(&admission->lock);
	return answer;
}

void admission_end(struct admission *admission, const struct object_name *name)
{
	struct seat **link;

	pthread_mutex_lock(&admission->lock);
	link = find(admission, name);
	if (*link)
		drop(admission, link);
	pthread_mutex_unlock(&admission->lock);
}

static void load_session(void *arg, int client, int session,
			 const struct object_name *name)
{
	struct admission *admission = arg;

	(void)client;
	if (!store_session_complete(session) &&
	    session_age(session) * 1000 < admission->idle_ms)
		admission_seen(admission, name);
}

void admission_load(struct admission *admission, int store)
{
	if (admission->max)
		walk_sessions(store, load_session, admission);
}
