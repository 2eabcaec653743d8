// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/hold.o
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "netstream/collector/hold.h"
#include "tests/tap.h"

#define N_THREADS 8
#define N_ROUNDS 200

static struct holds holds;
static const struct object_name vmcore = { "web1", "s", "vmcore" };
static const struct object_name log_object = { "web1", "s", "log" };
static atomic_int n_inside, n_worst;

static void holds_of_different_uploads_do_not_meet(void)
{
	struct hold *a, *b;

	CHECK_INT(hold_take(&holds, &vmcore, -1, &a), 0);
	CHECK_INT(hold_take(&holds, &log_object, -1, &b), 0);
	hold_release(&holds, a);
	hold_release(&holds, b);
	hold_release(&holds, NULL);
	CHECK(!holds.first);
}

static void *take_once(void *arg)
{
	struct hold *hold;

	*(int *)arg = hold_take(&holds, &vmcore, -1, &hold);
	if (!*(int *)arg)
		hold_release(&holds, hold);
	return NULL;
}

/* The older request sees its connection end, and then gives way. */
static void a_newer_request_cuts_the_older_connection(void)
{
	struct hold *hold;
	pthread_t thread;
	int pair[2], got = -1;
	char byte;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_INT(hold_take(&holds, &vmcore, pair[0], &hold), 0);
	CHECK_INT(pthread_create(&thread, NULL, take_once, &got), 0);
	CHECK_INT(read(pair[0], &byte, 1), 0);
	hold_release(&holds, hold);
	pthread_join(thread, NULL);
	CHECK_INT(got, 0);
	CHECK(!holds.first);
	close(pair[0]);
	close(pair[1]);
}

static void a_request_with_its_whole_body_is_not_cut(void)
{
	struct timespec wait = { .tv_nsec = 100000000 };
	struct hold *hold;
	pthread_t thread;
	int pair[2], got = -1;
	char byte;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	CHECK_INT(hold_take(&holds, &vmcore, pair[0], &hold), 0);
	hold_keep(&holds, hold);
	CHECK_INT(pthread_create(&thread, NULL, take_once, &got), 0);
	nanosleep(&wait, NULL);
	CHECK_INT(read(pair[0], &byte, 1), -1);
	CHECK_INT(errno, EAGAIN);
	hold_release(&holds, hold);
	pthread_join(thread, NULL);
	CHECK_INT(got, 0);
	close(pair[0]);
	close(pair[1]);
}

static void *take_often(void *arg)
{
	struct hold *hold;

	(void)arg;
	for (int i = 0; i < N_ROUNDS; i++) {
		if (hold_take(&holds, &vmcore, -1, &hold) < 0)
			continue;
		if (atomic_fetch_add(&n_inside, 1))
			atomic_store(&n_worst, 1);
		atomic_fetch_sub(&n_inside, 1);
		hold_release(&holds, hold);
	}
	return NULL;
}

static void one_at_a_time(void)
{
	pthread_t threads[N_THREADS];

	for (int i = 0; i < N_THREADS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, take_often, NULL),
			  0);
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_INT(n_worst, 0);
	CHECK(!holds.first);
}

static void a_session_is_held_when_nobody_works_on_it(void)
{
	struct object_name other = { "web1", "t", "vmcore" };
	struct hold *session, *hold;

	CHECK_INT(hold_take(&holds, &vmcore, -1, &hold), 0);
	CHECK_INT(hold_take_session(&holds, &log_object, &session), -EBUSY);
	CHECK_INT(hold_take_session(&holds, &other, &session), 0);
	hold_release(&holds, session);
	hold_release(&holds, hold);
	CHECK_INT(hold_take_session(&holds, &log_object, &session), 0);
	CHECK_INT(hold_take_session(&holds, &vmcore, &hold), -EBUSY);
	CHECK_INT(hold_take(&holds, &other, -1, &hold), 0);
	hold_release(&holds, hold);
	hold_release(&holds, session);
	CHECK(!holds.first);
}

static void requests_wait_for_who_holds_the_session(void)
{
	struct timespec wait = { .tv_nsec = 100000000 };
	struct hold *session;
	pthread_t thread;
	int got = -1;

	CHECK_INT(hold_take_session(&holds, &vmcore, &session), 0);
	CHECK_INT(pthread_create(&thread, NULL, take_once, &got), 0);
	nanosleep(&wait, NULL);
	CHECK_INT(got, -1);
	hold_release(&holds, session);
	pthread_join(thread, NULL);
	CHECK_INT(got, 0);
	CHECK(!holds.first);
}

int main(void)
{
	holds_init(&holds);
	RUN(holds_of_different_uploads_do_not_meet);
	RUN(a_newer_request_cuts_the_older_connection);
	RUN(a_request_with_its_whole_body_is_not_cut);
	RUN(one_at_a_time);
	RUN(a_session_is_held_when_nobody_works_on_it);
	RUN(requests_wait_for_who_holds_the_session);
	holds_destroy(&holds);
	return tap_done();
}
