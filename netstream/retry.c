// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <sys/random.h>
#include <time.h>

#include "io.h"
#include "log.h"
#include "retry.h"

#define DELAY_FIRST_MS 200
#define DELAY_MAX_MS 8000
#define ASKED_MAX_MS 600000 /* ten minutes */
#define ALIVE_MS 2000
#define SILENCE_MAX_MS 20000
#define SILENCE_MIN_MS 1000

void retry_progress(struct retry *retry, uint64_t now)
{
	retry->progress_ms = now;
	retry->tries = 0;
}

uint64_t retry_end_ms(const struct retry *retry)
{
	uint64_t deadline =
		retry->deadline_ms ? retry->deadline_ms : UINT64_MAX;
	uint64_t stall = UINT64_MAX;

	if (retry->stall_ms && !retry->patient)
		stall = retry->progress_ms + retry->stall_ms;
	return deadline < stall ? deadline : stall;
}

/* Random part of a delay, which keeps many machines apart. */
static uint64_t some_of(uint64_t ms)
{
	uint16_t random = 0;

	/* Without randomness the delay is a little regular, that is all. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return ms * random / UINT16_MAX;
}

/* Doubles from try to try. */
static uint64_t backoff_ms(unsigned int tries)
{
	uint64_t delay = DELAY_MAX_MS;

	if (tries < 6 && DELAY_FIRST_MS << tries < DELAY_MAX_MS)
		delay = DELAY_FIRST_MS << tries;
	return delay - some_of(delay / 2);
}

/* What was asked for and up to a quarter more. */
static uint64_t asked_delay_ms(uint64_t asked_ms, uint64_t left)
{
	uint64_t delay;

	if (!asked_ms)
		return 0;
	if (asked_ms > ASKED_MAX_MS)
		asked_ms = ASKED_MAX_MS;
	/* Servers may ask for more than they need: some tries are left. */
	if (asked_ms >= left)
		return left / 2;
	delay = asked_ms + some_of(asked_ms / 4);
	return delay < left ? delay : asked_ms;
}

int64_t retry_delay_ms(struct retry *retry, uint64_t now, uint64_t asked_ms)
{
	uint64_t end = retry_end_ms(retry);
	uint64_t least = backoff_ms(retry->tries), delay;
	bool no_stall = asked_ms && !retry->full;

	if (now >= end)
		return -ETIMEDOUT;
	if (no_stall)
		end = retry->deadline_ms ? retry->deadline_ms : UINT64_MAX;
	delay = asked_delay_ms(asked_ms, end - now);
	if (delay < least)
		delay = least < end - now ? least : end - now;
	if (no_stall)
		retry->progress_ms += delay;
	retry->tries++;
	return (int64_t)delay;
}

uint64_t retry_silence_ms(const struct retry *retry, uint64_t now)
{
	uint64_t end = retry_end_ms(retry);
	uint64_t ms = retry->stall_ms ? retry->stall_ms / 3 : SILENCE_MAX_MS;

	if (ms > SILENCE_MAX_MS)
		ms = SILENCE_MAX_MS;
	if (ms > end - now)
		ms = end - now;
	return ms < SILENCE_MIN_MS || now >= end ? SILENCE_MIN_MS : ms;
}

void retry_sleep(uint64_t ms)
{
	struct timespec ts = { .tv_sec = (time_t)(ms / 1000),
			       .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

/* Longer ones are what the server has asked for. */
static void pause_ms(const struct retry *retry, uint64_t ms)
{
	for (; ms > ALIVE_MS; ms -= ALIVE_MS) {
		retry_sleep(ALIVE_MS);
		if (retry->alive && !retry->full)
			retry->alive(retry->arg);
	}
	retry_sleep(ms);
}

int64_t retry_ask(struct retry *retry, uint64_t asked_s, const char *name,
		  const char *why)
{
	uint64_t now = now_ms();
	int64_t delay = retry_delay_ms(retry, now, asked_s * 1000);

	if (delay < 0) {
		log_err("%s: given up, no byte acknowledged for %" PRIu64
			" s%s: %s",
			name, (now - retry->progress_ms) / 1000,
			now >= retry->deadline_ms && retry->deadline_ms
				? ", deadline over"
				: "",
			why);
		return delay;
	}
	log_warn("%s: %s; trying again in %" PRId64 " ms", name, why, delay);
	return delay;
}

int retry_wait(struct retry *retry, uint64_t asked_s, const char *name,
	       const char *why)
{
	int64_t delay = retry_ask(retry, asked_s, name, why);

	if (delay < 0)
		return (int)delay;
	pause_ms(retry, (uint64_t)delay);
	return 0;
}
