/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When to try again and when to give up: one place for all transports.  Trying
 * ends with the deadline, or when nothing has made progress for the stall
 * timeout.  Times are those of now_ms().
 */
#ifndef NETSTREAM_RETRY_H
#define NETSTREAM_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry {
	uint64_t deadline_ms; /* 0 = none */
	uint64_t stall_ms; /* 0 = for ever */
	bool patient; /* the stall timeout does not end it */
	uint64_t progress_ms; /* when something last moved on */
	unsigned int tries; /* since then */
	/* NULL, or called now and then while the server wants a pause. */
	void (*alive)(void *arg);
	void *arg;
	bool full; /* the server has no room: a wait it asks for is a stall */
};

void retry_progress(struct retry *retry, uint64_t now);

/* When trying has to end; UINT64_MAX = never. */
uint64_t retry_end_ms(const struct retry *retry);

/*
 * How long to sleep before the next try: longer each time, not beyond the end,
 * and as long as the server has asked for (0 = it has not) if that is before
 * the end: up to ten minutes, and up to a quarter more, so that many machines
 * do not come back at once.  A wait that the server asks for is no stall, only
 * the deadline ends it.  -ETIMEDOUT when it is time to give up.
 */
int64_t retry_delay_ms(struct retry *retry, uint64_t now, uint64_t asked_ms);

/* How long one request may be silent, so that others fit in before the end. */
uint64_t retry_silence_ms(const struct retry *retry, uint64_t now);

/*
 * The same, with a log line that says who waits and why: how long, or
 * -ETIMEDOUT.
 */
int64_t retry_ask(struct retry *retry, uint64_t asked_s, const char *name,
		  const char *why);

/*
 * Sleeps for that long and logs who waits and why; -ETIMEDOUT, logged, when it
 * is time to give up.
 */
int retry_wait(struct retry *retry, uint64_t asked_s, const char *name,
	       const char *why);

void retry_sleep(uint64_t ms);

#endif
