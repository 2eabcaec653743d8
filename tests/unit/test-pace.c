// SPDX-License-Identifier: GPL-2.0-or-later
/* How long bytes will take, from when others were acknowledged. */

#include "capture/pace.h"
#include "tests/tap.h"

static void a_steady_link_has_a_rate(void)
{
	struct pace pace;

	pace_init(&pace, 5000, 100);
	CHECK_INT(pace_need_ms(&pace, 6000, 1100, 2000), 2000);
	CHECK_INT(pace_need_ms(&pace, 9000, 4100, 2000), 2000);
	CHECK_INT(pace_need_ms(&pace, 9000, 4100, 0), 0);
}

/* What was fast a while ago does not count any more. */
static void a_link_that_slows_down_is_noticed(void)
{
	struct pace pace;
	uint64_t now = 0, acked = 0, need = 0;

	pace_init(&pace, now, acked);
	for (; now < 60000; now += 1000, acked += 10000)
		pace_need_ms(&pace, now, acked, 10000);
	for (; now < 90000; now += 1000, acked += 100)
		need = pace_need_ms(&pace, now, acked, 2000);
	CHECK_INT(need, 20000);
}

/* A chunk in 33 seconds: each look is behind an acknowledgement. */
static void large_chunks_on_a_slow_link_count_whole(void)
{
	const uint64_t chunk = 4 << 20;
	struct pace pace;

	pace_init(&pace, 0, 0);
	for (uint64_t i = 1; i < 9; i++)
		CHECK_INT(pace_need_ms(&pace, i * 33000, i * chunk, 2 * chunk),
			  66000);
}

static void nothing_acknowledged_takes_as_long_again(void)
{
	struct pace pace;

	pace_init(&pace, 0, 7);
	CHECK_INT(pace_need_ms(&pace, 4000, 7, 2000), 8000);
	CHECK_INT(pace_need_ms(&pace, 0, 7, 2000), 0);
}

/* A first answer after 100 ms says nothing of the rate. */
static void little_tells_no_rate(void)
{
	struct pace pace;

	pace_init(&pace, 0, 0);
	CHECK_INT(pace_need_ms(&pace, 100, 656, 8 << 20), 200);
	CHECK_INT(pace_need_ms(&pace, 33000, 656, 8 << 20), 20000);
}

static void large_numbers_do_not_wrap(void)
{
	struct pace pace;

	pace_init(&pace, 0, 0);
	CHECK_INT(pace_need_ms(&pace, 1000000000, 1ULL << 50, 1ULL << 49),
		  500000000);
}

int main(void)
{
	RUN(a_steady_link_has_a_rate);
	RUN(a_link_that_slows_down_is_noticed);
	RUN(large_chunks_on_a_slow_link_count_whole);
	RUN(nothing_acknowledged_takes_as_long_again);
	RUN(little_tells_no_rate);
	RUN(large_numbers_do_not_wrap);
	return tap_done();
}
