// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "io.h"

/* How often to look at a child that shows nothing. */
#define POLL_MS 20

/* Until fd can be read; false when the time is over. */
static bool wait_for(int fd, uint64_t limit_ms)
{
	uint64_t now = now_ms();
	uint64_t end =
		limit_ms < UINT64_MAX - now ? now + limit_ms : UINT64_MAX;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	for (;;) {
		uint64_t left = end - now;
		int n = poll(&poll_fd, 1, left < INT_MAX ? (int)left : INT_MAX);

		if (n > 0 || (n < 0 && errno != EINTR))
			return n > 0;
		now = now_ms();
		if (now >= end)
			return false;
	}
}

/* A child with a tracer has ended before it can be waited for. */
bool child_ended(pid_t pid, int *status, uint64_t limit_ms)
{
	uint64_t end = now_ms() + limit_ms;
	bool ended;
	int fd;

	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd >= 0) {
		wait_for(fd, limit_ms);
		close(fd);
	}
	while (!(ended = waitpid(pid, status, WNOHANG) == pid) &&
	       now_ms() < end)
		usleep(POLL_MS * 1000);
	return ended;
}

static void work(int fd, worker_serve serve, void *arg)
{
	int word;

	while (read_full(fd, &word, sizeof(word)) == 0) {
		word = serve(arg, word);
		if (write_full(fd, &word, sizeof(word)) < 0)
			break;
	}
}

int worker_start(struct worker *worker, worker_serve serve, void *arg)
{
	int fds[2];

	*worker = (struct worker){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	worker->pid = fork();
	if (worker->pid == 0) {
		close(fds[0]);
		work(fds[1], serve, arg);
		_exit(0);
	}
	close(fds[1]);
	if (worker->pid < 0) {
		int err = errno;

		close(fds[0]);
		worker->pid = 0;
		return -err;
	}
	worker->fd = fds[0];
	return 0;
}

int worker_ask(struct worker *worker, int request, uint64_t limit_ms)
{
	int word = request;
	int ret = -EPIPE;

	if (!worker->pid)
		return ret;
	if (write_full(worker->fd, &word, sizeof(word)) == 0) {
		ret = -ETIMEDOUT;
		if (wait_for(worker->fd, limit_ms)) {
			if (!read_full(worker->fd, &word, sizeof(word)))
				return word;
			ret = -EPIPE;
		}
	}
	worker_stop(worker, 0);
	return ret;
}

void worker_stop(struct worker *worker, uint64_t limit_ms)
{
	int status;

	if (!worker->pid)
		return;
	close(worker->fd);
	if (!child_ended(worker->pid, &status, limit_ms)) {
		kill(worker->pid, SIGKILL);
		child_ended(worker->pid, &status, CHILD_GRACE_MS);
	}
	*worker = (struct worker){ .fd = -1 };
}
