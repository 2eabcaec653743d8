// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/net/link.o
#include <errno.h>
#include <stdlib.h>

#include "../net/link.h"
#include "../tap.h"

#define MS 1000ULL
#define SECOND (1000 * MS)

static struct link link;
static uint8_t frame[LINK_FRAME_MAX];

static void start(const char *command)
{
	free(link.queue[LINK_A].frames);
	free(link.queue[LINK_B].frames);
	CHECK_INT(link_init(&link), 0);
	if (command)
		CHECK_INT(link_command(&link, command, 0), 0);
}

static void take(enum link_side from, size_t len, uint64_t now)
{
	frame[12] = 0x08; /* IPv4 */
	frame[13] = 0;
	link_take(&link, from, frame, len, now);
}

/* Frames of a side that have come through by then. */
static unsigned int come(enum link_side from, uint64_t now)
{
	unsigned int n = 0;

	for (; link_due(&link, from, now); n++)
		link_sent(&link, from);
	return n;
}

static void a_good_link_passes_frames_as_they_are(void)
{
	const struct link_frame *got;

	start(NULL);
	CHECK(link_wait_us(&link, 5) == UINT64_MAX);
	frame[0] = 'x';
	take(LINK_A, 60, 5);
	CHECK(!link_due(&link, LINK_B, 5));
	got = link_due(&link, LINK_A, 5);
	CHECK(got && got->len == 60 && !memcmp(got->bytes, frame, 60));
	CHECK_INT(come(LINK_A, 5), 1);
	CHECK_INT(link.stats.bytes, 60);
}

static void down_lasts_until_up_or_its_time(void)
{
	start("down");
	take(LINK_A, 60, 0);
	CHECK(!link_returns(&link, 1000 * SECOND));
	CHECK_INT(link_command(&link, "up", 1000 * SECOND), 0);
	take(LINK_A, 60, 1000 * SECOND);
	CHECK_INT(come(LINK_A, 1000 * SECOND), 1);
	CHECK_INT(link.stats.down, 1);

	start("down 60");
	CHECK_INT(link_wait_us(&link, SECOND), 59 * SECOND);
	CHECK(!link_returns(&link, 60 * SECOND - 1));
	CHECK(link_returns(&link, 60 * SECOND));
	CHECK(!link_returns(&link, 60 * SECOND));
	take(LINK_B, 60, 60 * SECOND);
	CHECK_INT(come(LINK_B, 60 * SECOND), 1);
}

static void a_cut_comes_after_bytes_of_side_a(void)
{
	start("cut 150 2");
	take(LINK_B, 1000, 0);
	take(LINK_A, 100, 0);
	CHECK(!link.down);
	take(LINK_A, 100, SECOND);
	CHECK(link.down);
	CHECK(!link_returns(&link, 3 * SECOND - 1));
	CHECK(link_returns(&link, 3 * SECOND));
	take(LINK_A, 1000, 3 * SECOND);
	CHECK(!link.down);
}

static void loss_is_what_was_asked_for_and_repeats(void)
{
	uint64_t lost;

	start("loss 30");
	for (int i = 0; i < 3000; i++)
		take(LINK_A, 60, 0);
	lost = link.stats.lost;
	CHECK(lost > 800 && lost < 1000);
	start("loss 30");
	for (int i = 0; i < 3000; i++)
		take(LINK_A, 60, 0);
	CHECK_INT(link.stats.lost, lost);
	start("loss 100");
	take(LINK_A, 60, 0);
	CHECK_INT(link.stats.lost, 1);
}

static void delay_and_jitter_keep_the_order(void)
{
	start("delay 300 100");
	for (unsigned int i = 0; i < 100; i++)
		take(LINK_A, 60, i);
	CHECK_INT(come(LINK_A, 300 * MS - 1), 0);
	CHECK_INT(come(LINK_A, 400 * MS + 100), 100);
	start("delay 300");
	take(LINK_B, 60, 0);
	CHECK_INT(link_wait_us(&link, 100 * MS), 200 * MS);
	CHECK_INT(come(LINK_B, 300 * MS), 1);
}

/* 125 bytes a millisecond: 200 ms of them wait, and one more frame. */
static void a_rate_shapes_and_bounds_the_queue(void)
{
	start("rate 1000000");
	for (int i = 0; i < 60; i++)
		take(LINK_A, 1250, 0);
	CHECK_INT(link.stats.full, 39);
	CHECK_INT(come(LINK_A, 9 * MS), 0);
	CHECK_INT(come(LINK_A, 10 * MS), 1);
	CHECK_INT(come(LINK_A, 100 * MS), 9);
	CHECK_INT(come(LINK_A, 210 * MS), 11);
	take(LINK_A, 1250, 300 * MS);
	CHECK_INT(come(LINK_A, 310 * MS), 1);
}

static void the_queue_is_bounded(void)
{
	start("delay 1000");
	for (int i = 0; i < LINK_FRAMES_MAX + 7; i++)
		take(LINK_A, 60, 0);
	CHECK_INT(link.stats.full, 7);
	CHECK_INT(come(LINK_A, SECOND), LINK_FRAMES_MAX);
	take(LINK_A, LINK_FRAME_MAX + 1, SECOND);
	CHECK_INT(come(LINK_A, 2 * SECOND), 0);
}

static void mtu_swallows_long_packets_of_ip_alone(void)
{
	start("mtu 1400");
	take(LINK_A, 1414, 0);
	take(LINK_A, 1415, 0);
	CHECK_INT(link.stats.too_long, 1);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	link_take(&link, LINK_A, frame, 1415, 0);
	CHECK_INT(link.stats.too_long, 2);
	frame[13] = 0xdb;
	link_take(&link, LINK_A, frame, 1415, 0);
	CHECK_INT(link.stats.too_long, 2);
	CHECK_INT(come(LINK_A, 0), 2);
}

static void mute_is_for_one_side(void)
{
	start("mute b");
	take(LINK_A, 60, 0);
	take(LINK_B, 60, 0);
	CHECK_INT(come(LINK_A, 0), 1);
	CHECK_INT(come(LINK_B, 0), 0);
	CHECK_INT(link_command(&link, "mute none", 0), 0);
	take(LINK_B, 60, 0);
	CHECK_INT(come(LINK_B, 0), 1);
}

static void other_words_are_refused(void)
{
	static const char *const wrong[] = {
		"",	  "lose 30", "loss",	  "loss 101", "cut 5",
		"seed 0", "mute c",  "cut 0 100", "delay",    "mtu x",
	};

	start(NULL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_INT(link_command(&link, wrong[i], 0), -EINVAL);
}

int main(void)
{
	RUN(a_good_link_passes_frames_as_they_are);
	RUN(down_lasts_until_up_or_its_time);
	RUN(a_cut_comes_after_bytes_of_side_a);
	RUN(loss_is_what_was_asked_for_and_repeats);
	RUN(delay_and_jitter_keep_the_order);
	RUN(a_rate_shapes_and_bounds_the_queue);
	RUN(the_queue_is_bounded);
	RUN(mtu_swallows_long_packets_of_ip_alone);
	RUN(mute_is_for_one_side);
	RUN(other_words_are_refused);
	start(NULL);
	free(link.queue[LINK_A].frames);
	free(link.queue[LINK_B].frames);
	return tap_done();
}
