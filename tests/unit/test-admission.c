// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/session.o netstream/collector/walk.o
// objects: netstream/collector/store.o netstream/collector/state.o
// objects: netstream/collector/pick.o
/* It has a clock of its own for what takes long. */
#include "netstream/collector/admission.c"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

static struct admission seats;
static uint64_t now;

static struct object_name named(unsigned int n)
{
	struct object_name name = { .client = "web1",
				    .object = "session.json" };

	snprintf(name.session, sizeof(name.session), "s%u", n);
	return name;
}

static enum admission_answer start(unsigned int n)
{
	struct object_name name = named(n);

	return ask(&seats, &name, now);
}

static void end(unsigned int n)
{
	struct object_name name = named(n);

	admission_end(&seats, &name);
}

static void new_limit(uint64_t max)
{
	admission_init(&seats, max, 60);
	now = 1000000;
}

static void one_too_many_waits(void)
{
	new_limit(2);
	CHECK_INT(start(1), ADMISSION_SEATED);
	CHECK_INT(start(2), ADMISSION_SEATED);
	CHECK_INT(start(3), ADMISSION_WAITS);
	CHECK_INT(start(3), ADMISSION_STILL_WAITS);
	CHECK_INT(start(1), ADMISSION_SEATED);
	end(1);
	CHECK_INT(start(3), ADMISSION_SEATED);
	CHECK_INT(start(1), ADMISSION_WAITS);
	end(99);
	admission_destroy(&seats);
	CHECK_INT(seats.n_seats, 0);
}

static void the_first_to_come_is_the_first_to_be_seated(void)
{
	new_limit(1);
	CHECK_INT(start(0), ADMISSION_SEATED);
	for (unsigned int n = 1; n < 50; n++)
		CHECK_INT(start(n), ADMISSION_WAITS);
	for (unsigned int n = 1; n < 50; n++) {
		end(n - 1);
		for (unsigned int other = 49; other > n; other--)
			CHECK_INT(start(other), ADMISSION_STILL_WAITS);
		CHECK_INT(start(n), ADMISSION_SEATED);
	}
	admission_destroy(&seats);
}

static void who_does_not_come_back_loses_the_place(void)
{
	new_limit(1);
	CHECK_INT(start(1), ADMISSION_SEATED);
	CHECK_INT(start(2), ADMISSION_WAITS);
	CHECK_INT(start(3), ADMISSION_WAITS);
	end(1);
	now += ADMISSION_PATIENCE_MS;
	CHECK_INT(start(3), ADMISSION_STILL_WAITS);
	now++;
	CHECK_INT(start(3), ADMISSION_SEATED);
	CHECK_INT(start(2), ADMISSION_WAITS);
	now += 60000;
	CHECK_INT(start(2), ADMISSION_WAITS);
	now++;
	CHECK_INT(start(2), ADMISSION_SEATED);
	admission_destroy(&seats);
}

static void sessions_that_exist_are_never_refused(void)
{
	struct object_name name;

	new_limit(1);
	now = now_ms();
	for (unsigned int n = 1; n < 4; n++) {
		name = named(n);
		admission_seen(&seats, &name);
		CHECK_INT(admission_start(&seats, &name), ADMISSION_SEATED);
	}
	name = named(4);
	CHECK_INT(admission_start(&seats, &name), ADMISSION_WAITS);
	end(1);
	end(2);
	CHECK_INT(admission_start(&seats, &name), ADMISSION_STILL_WAITS);
	end(3);
	CHECK_INT(admission_start(&seats, &name), ADMISSION_SEATED);
	admission_destroy(&seats);
}

static void remembers_no_more_than_it_says(void)
{
	new_limit(1);
	for (unsigned int n = 0; n < ADMISSION_SEATS_MAX + 100; n++)
		start(n);
	CHECK_INT(seats.n_seats, ADMISSION_SEATS_MAX);
	CHECK_INT(start(ADMISSION_SEATS_MAX + 1), ADMISSION_STILL_WAITS);
	admission_destroy(&seats);
}

static void without_a_limit_nothing_is_remembered(void)
{
	struct object_name name = named(1);

	new_limit(0);
	admission_seen(&seats, &name);
	CHECK_INT(admission_start(&seats, &name), ADMISSION_SEATED);
	CHECK_INT(seats.n_seats, 0);
	admission_destroy(&seats);
}

static void a_new_server_finds_who_is_running(void)
{
	struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct object_name name = { "web1", "young", "" };
	int store = scratch_make(), web1, done;

	CHECK_INT(mkdirat(store, "web1", 0700), 0);
	web1 = store_subdir(store, "web1");
	CHECK_INT(mkdirat(web1, "young", 0700), 0);
	CHECK_INT(mkdirat(web1, "old", 0700), 0);
	CHECK_INT(utimensat(web1, "old", old, 0), 0);
	CHECK_INT(mkdirat(web1, "done", 0700), 0);
	done = store_subdir(web1, "done");
	close(openat(done, STORE_MANIFEST, O_CREAT | O_WRONLY, 0600));
	new_limit(1);
	admission_load(&seats, store);
	CHECK_INT(seats.n_seats, 1);
	CHECK_INT(admission_start(&seats, &name), ADMISSION_SEATED);
	admission_destroy(&seats);
	close(done);
	close(web1);
	close(store);
}

int main(void)
{
	RUN(one_too_many_waits);
	RUN(the_first_to_come_is_the_first_to_be_seated);
	RUN(who_does_not_come_back_loses_the_place);
	RUN(sessions_that_exist_are_never_refused);
	RUN(remembers_no_more_than_it_says);
	RUN(without_a_limit_nothing_is_remembered);
	RUN(a_new_server_finds_who_is_running);
	return tap_done();
}
