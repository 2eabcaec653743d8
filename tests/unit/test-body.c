// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "../../netstream/body.h"
#include "../../netstream/target.h"
#include "../tap.h"

#define CHUNK ((size_t)1 << 20)

static struct body body;

static void take(unsigned int n)
{
	while (n--)
		body_taken(&body);
}

static void a_refused_size_is_halved_and_never_tried_again(void)
{
	body_init(&body, CHUNK);
	CHECK_INT(body.max, CHUNK);
	CHECK_INT(body_refused(&body, CHUNK), 0);
	CHECK_INT(body.max, CHUNK / 2);
	take(1000);
	CHECK_INT(body.max, CHUNK / 2);
}

static void the_smallest_size_that_is_refused_is_the_end(void)
{
	body_init(&body, TARGET_CHUNK_MIN + 2);
	CHECK_INT(body_refused(&body, TARGET_CHUNK_MIN + 2), 0);
	CHECK_INT(body.max, TARGET_CHUNK_MIN);
	CHECK_INT(body_refused(&body, TARGET_CHUNK_MIN), -EFBIG);
	CHECK_INT(body_refused(&body, 100), -EFBIG);
	CHECK_INT(body.max, TARGET_CHUNK_MIN);
}

static void one_cut_changes_nothing(void)
{
	body_init(&body, CHUNK);
	for (int i = 0; i < 10; i++) {
		body_cut(&body, CHUNK);
		take(1);
	}
	CHECK_INT(body.max, CHUNK);
}

static void cuts_in_a_row_halve(void)
{
	body_init(&body, CHUNK);
	body_cut(&body, CHUNK);
	body_cut(&body, CHUNK);
	CHECK_INT(body.max, CHUNK / 2);
	body_cut(&body, CHUNK / 2);
	CHECK_INT(body.max, CHUNK / 2);
	body_cut(&body, CHUNK / 2);
	CHECK_INT(body.max, CHUNK / 4);
	for (int i = 0; i < 100; i++)
		body_cut(&body, body.max);
	CHECK_INT(body.max, TARGET_CHUNK_MIN);
}

static void small_bodies_that_are_cut_say_nothing(void)
{
	body_init(&body, CHUNK);
	for (int i = 0; i < 10; i++)
		body_cut(&body, 100);
	CHECK_INT(body.max, CHUNK);
}

static void after_many_bodies_twice_the_size_is_tried_once(void)
{
	body_init(&body, CHUNK);
	for (int i = 0; i < 4; i++)
		body_cut(&body, body.max);
	CHECK_INT(body.max, CHUNK / 4);
	take(31);
	CHECK_INT(body.max, CHUNK / 4);
	take(1);
	CHECK_INT(body.max, CHUNK / 2);
	/* Still too much: back at once, for good. */
	body_cut(&body, CHUNK / 2);
	CHECK_INT(body.max, CHUNK / 4);
	take(1000);
	CHECK_INT(body.max, CHUNK / 4);
}

static void what_was_no_limit_is_forgotten(void)
{
	body_init(&body, CHUNK + 1);
	body_cut(&body, CHUNK + 1);
	body_cut(&body, CHUNK + 1);
	CHECK_INT(body.max, CHUNK / 2);
	take(32);
	CHECK_INT(body.max, CHUNK);
	take(32);
	CHECK_INT(body.max, CHUNK + 1);
	take(1000);
	CHECK_INT(body.max, CHUNK + 1);
}

int main(void)
{
	RUN(a_refused_size_is_halved_and_never_tried_again);
	RUN(the_smallest_size_that_is_refused_is_the_end);
	RUN(one_cut_changes_nothing);
	RUN(cuts_in_a_row_halve);
	RUN(small_bodies_that_are_cut_say_nothing);
	RUN(after_many_bodies_twice_the_size_is_tried_once);
	RUN(what_was_no_limit_is_forgotten);
	return tap_done();
}
