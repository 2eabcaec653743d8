// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "../../netstream/retry.h"
#include "../tap.h"

#define SECOND 1000LL

static struct retry retry;

static void start(uint64_t deadline_s, uint64_t stall_s)
{
	retry = (struct retry){ .deadline_ms = deadline_s * SECOND,
				.stall_ms = stall_s * SECOND };
}

static int64_t delay_asked(uint64_t now_s, uint64_t s, bool busy)
{
	retry.full = !busy;
	return retry_delay_ms(&retry, now_s * SECOND, s * SECOND);
}

static void delays_double_up_to_eight_seconds(void)
{
	int64_t longest = 200;

	start(1000, 0);
	for (int i = 0; i < 10; i++) {
		int64_t delay = retry_delay_ms(&retry, 0, 0);

		CHECK(delay >= longest / 2 && delay <= longest);
		longest = longest * 2 > 8 * SECOND ? 8 * SECOND : longest * 2;
	}
	retry_progress(&retry, 0);
	CHECK(retry_delay_ms(&retry, 0, 0) <= 200);
}

static void trying_ends_with_deadline_or_stall(void)
{
	start(10, 60);
	CHECK_INT(retry_delay_ms(&retry, 10 * SECOND, 0), -ETIMEDOUT);
	CHECK(retry_delay_ms(&retry, 10 * SECOND - 50, 0) <= 50);
	start(100, 60);
	CHECK(retry_delay_ms(&retry, 59 * SECOND, 0) > 0);
	CHECK_INT(retry_delay_ms(&retry, 60 * SECOND, 0), -ETIMEDOUT);
	start(0, 0);
	CHECK(retry_delay_ms(&retry, 1000000 * SECOND, 0) > 0);
}

static void what_was_asked_for_is_kept_with_jitter(void)
{
	int64_t least = INT64_MAX, most = 0;

	for (int i = 0; i < 200; i++) {
		int64_t delay;

		start(1000, 0);
		delay = delay_asked(0, 100, true);
		least = delay < least ? delay : least;
		most = delay > most ? delay : most;
	}
	CHECK(least >= 100 * SECOND && most <= 125 * SECOND);
	CHECK(most - least > 5 * SECOND);
	CHECK(delay_asked(0, 86400, true) <= 750 * SECOND);
	CHECK(delay_asked(0, 86400, true) >= 600 * SECOND);
}

static void the_wait_of_a_busy_server_is_no_stall(void)
{
	int64_t delay;

	start(1000, 20);
	delay = delay_asked(0, 100, true);
	CHECK(delay >= 100 * SECOND);
	/* Only what comes after it counts. */
	CHECK_INT(retry_end_ms(&retry), 20 * SECOND + delay);
	CHECK(retry_delay_ms(&retry, (uint64_t)delay, 0) > 0);
}

static void the_wait_of_a_full_server_is_a_stall(void)
{
	start(1000, 20);
	CHECK(delay_asked(0, 10, false) >= 10 * SECOND);
	CHECK_INT(retry_end_ms(&retry), 20 * SECOND);
	/* It does not fit: half of what is left, and another try. */
	CHECK_INT(delay_asked(10, 60, false), 5 * SECOND);
	CHECK_INT(delay_asked(20, 60, false), -ETIMEDOUT);
}

static void a_wait_beyond_the_deadline_leaves_some_tries(void)
{
	start(100, 20);
	CHECK_INT(delay_asked(0, 100, true), 50 * SECOND);
	CHECK_INT(delay_asked(50, 100, true), 25 * SECOND);
	/* The jitter does not push it over. */
	start(100, 0);
	for (int i = 0; i < 50; i++)
		CHECK(delay_asked(0, 99, true) < 100 * SECOND);
}

static void silence_leaves_room_for_three_tries(void)
{
	start(0, 30);
	CHECK_INT(retry_silence_ms(&retry, 0), 10 * SECOND);
	CHECK_INT(retry_silence_ms(&retry, 25 * SECOND), 5 * SECOND);
	CHECK_INT(retry_silence_ms(&retry, 60 * SECOND), SECOND);
	start(0, 300);
	CHECK_INT(retry_silence_ms(&retry, 0), 20 * SECOND);
}

int main(void)
{
	RUN(delays_double_up_to_eight_seconds);
	RUN(trying_ends_with_deadline_or_stall);
	RUN(what_was_asked_for_is_kept_with_jitter);
	RUN(the_wait_of_a_busy_server_is_no_stall);
	RUN(the_wait_of_a_full_server_is_a_stall);
	RUN(a_wait_beyond_the_deadline_leaves_some_tries);
	RUN(silence_leaves_room_for_three_tries);
	return tap_done();
}
