// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../netstream/child.h"
#include "../../netstream/io.h"
#include "../tap.h"

enum { ANSWER, COUNT, HANG, DIE };

static int serve(void *arg, int request)
{
	int *count = arg;

	++*count;
	switch (request) {
	case ANSWER:
		return -ENOSPC;
	case COUNT:
		return *count;
	case HANG:
		for (;;)
			pause();
	default:
		_exit(1);
	}
}

static bool has_no_children(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

static void answers_in_order_and_keeps_its_state(void)
{
	struct worker worker;
	int count = 0;

	CHECK_INT(worker_start(&worker, serve, &count), 0);
	CHECK_INT(worker_ask(&worker, ANSWER, 5000), -ENOSPC);
	CHECK_INT(worker_ask(&worker, COUNT, 5000), 2);
	CHECK_INT(worker_ask(&worker, COUNT, UINT64_MAX), 3);
	CHECK_INT(count, 0);
	worker_stop(&worker, 5000);
	CHECK(has_no_children());
	worker_stop(&worker, 0);
}

static void is_not_waited_for_when_it_hangs(void)
{
	uint64_t start = now_ms();
	struct worker worker;
	int count = 0;

	CHECK_INT(worker_start(&worker, serve, &count), 0);
	CHECK_INT(worker_ask(&worker, HANG, 100), -ETIMEDOUT);
	CHECK(now_ms() - start >= 100);
	CHECK(now_ms() - start < 1000);
	CHECK(has_no_children());
	CHECK_INT(worker_ask(&worker, ANSWER, 5000), -EPIPE);
}

static void may_end_early(void)
{
	struct worker worker;
	int count = 0;

	CHECK_INT(worker_start(&worker, serve, &count), 0);
	CHECK_INT(worker_ask(&worker, DIE, 5000), -EPIPE);
	CHECK_INT(worker_ask(&worker, ANSWER, 5000), -EPIPE);
	CHECK(has_no_children());
}

static void tells_how_a_child_ended(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		usleep(50000);
		_exit(7);
	}
	CHECK(!child_ended(pid, &status, 0));
	CHECK(child_ended(pid, &status, 5000));
	CHECK_INT(WEXITSTATUS(status), 7);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	RUN(answers_in_order_and_keeps_its_state);
	RUN(is_not_waited_for_when_it_hangs);
	RUN(may_end_early);
	RUN(tells_how_a_child_ended);
	return tap_done();
}
