// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A model of an encoder and of a target: what each codec costs is known here,
 * and the codec that adapt settles on must be the one that is best for it.
 */

#include "capture/adapt.h"
#include "tests/tap.h"

#define PAGES_LEN (1U << 20)

static struct adapt adapt;
static unsigned int n_changes_late; /* in the second half of a run */

/* ns and bytes per page byte of this machine, by the codec's strength. */
static double cost_of(const struct codec_choice *choice, double slowness)
{
	switch (choice->codec) {
	case CODEC_NONE:
		return 0.1 * slowness;
	case CODEC_LZO:
		return 0.8 * slowness;
	default:
		return (choice->level > 0 ? 2.5 : 1.5) * slowness;
	}
}

static double left_of(const struct codec_choice *choice)
{
	switch (choice->codec) {
	case CODEC_NONE:
		return 1;
	case CODEC_LZO:
		return 0.35;
	default:
		return choice->level > 0 ? 0.26 : 0.31;
	}
}

/* So many MiB of pages against a target of so many ns per byte. */
static void run(double slowness, double target, unsigned int n)
{
	unsigned int changes = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct codec_choice choice = *adapt_choice(&adapt);
		uint64_t left = (uint64_t)(left_of(&choice) * PAGES_LEN);

		adapt_encoded(
			&adapt, &choice, PAGES_LEN, left,
			(uint64_t)(cost_of(&choice, slowness) * PAGES_LEN));
		adapt_sent(&adapt, left, (uint64_t)(target * (double)left));
		if (i == n / 2)
			changes = adapt.n_changes;
	}
	n_changes_late = adapt.n_changes - changes;
}

static const char *settled(void)
{
	static char name[CODEC_NAME_LEN];
	const struct codec_choice *choice = adapt_choice(&adapt);

	snprintf(name, sizeof(name), "%s%d",
		 choice->codec == CODEC_NONE  ? "none"
		 : choice->codec == CODEC_LZO ? "lzo"
					      : "zstd",
		 choice->level);
	return name;
}

static void a_fast_target_takes_less_compression(void)
{
	adapt_init(&adapt, 1);
	run(1, 0.5, 100);
	CHECK_STR(settled(), "none0");
	adapt_init(&adapt, 1);
	run(1, 4, 100);
	CHECK_STR(settled(), "lzo0");
}

static void a_slow_target_takes_more(void)
{
	adapt_init(&adapt, 1);
	run(1, 10000, 100);
	CHECK_STR(settled(), "zstd1");
}

/* Each thread more makes compression cheaper, the target's speed does not. */
static void threads_make_compression_cheaper(void)
{
	adapt_init(&adapt, 1);
	run(1, 9, 100);
	CHECK_STR(settled(), "lzo0");
	adapt_init(&adapt, 8);
	run(1, 9, 100);
	CHECK_STR(settled(), "zstd1");
}

/* Who sends does not compress: of two threads one is left. */
static void a_thread_that_sends_is_one_less(void)
{
	adapt_init(&adapt, 2);
	run(1, 3, 100);
	CHECK_STR(settled(), "lzo0");
	adapt_init(&adapt, 2);
	run(1, 10, 100);
	CHECK_STR(settled(), "zstd1");
}

static void a_slow_machine_takes_less(void)
{
	adapt_init(&adapt, 1);
	run(30, 100, 100);
	CHECK_STR(settled(), "lzo0");
}

static void it_settles(void)
{
	for (double target = 0.1; target < 20000; target *= 1.3) {
		adapt_init(&adapt, 1);
		run(1, target, 200);
		CHECK_INT(n_changes_late, 0);
		CHECK(adapt.n_changes <= 3);
	}
}

static void it_follows_a_change(void)
{
	adapt_init(&adapt, 1);
	run(1, 0.2, 100);
	CHECK_STR(settled(), "none0");
	run(1, 10000, 100);
	CHECK_STR(settled(), "zstd1");
	run(1, 0.2, 100);
	CHECK_STR(settled(), "none0");
}

/* What is on its way with the codec before says nothing of this one. */
static void batches_of_another_codec_do_not_count(void)
{
	const struct codec_choice other = { CODEC_ZLIB, 6 };

	adapt_init(&adapt, 1);
	adapt_sent(&adapt, PAGES_LEN, 1);
	for (int i = 0; i < 100; i++)
		adapt_encoded(&adapt, &other, PAGES_LEN, 1, 1);
	CHECK_INT(adapt.source_len, 0);
	CHECK_INT(adapt.n_changes, 0);
}

static void nothing_is_decided_before_the_target_has_taken_a_byte(void)
{
	adapt_init(&adapt, 1);
	for (int i = 0; i < 100; i++) {
		adapt_encoded(&adapt, adapt_choice(&adapt), PAGES_LEN,
			      PAGES_LEN / 4, 1);
		adapt_sent(&adapt, 0, 1000000);
	}
	CHECK_INT(adapt.n_changes, 0);
}

int main(void)
{
	RUN(a_fast_target_takes_less_compression);
	RUN(a_slow_target_takes_more);
	RUN(threads_make_compression_cheaper);
	RUN(a_thread_that_sends_is_one_less);
	RUN(a_slow_machine_takes_less);
	RUN(it_settles);
	RUN(it_follows_a_change);
	RUN(batches_of_another_codec_do_not_count);
	RUN(nothing_is_decided_before_the_target_has_taken_a_byte);
	return tap_done();
}
