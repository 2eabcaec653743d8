/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Children that may get stuck in the kernel, where not even SIGKILL ends them:
 * nobody waits for one longer than he wants to.
 */
#ifndef NETSTREAM_CHILD_H
#define NETSTREAM_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a child that was killed may take to end. */
#define CHILD_GRACE_MS 1000

/* Waits for the child; false when it runs still.  SIGCHLD is not ignored. */
bool child_ended(pid_t pid, int *status, uint64_t limit_ms);

/*
 * A child that does what it is told, one request after the other.  It ends
 * with this process or when it is stopped, and then has its own mounts only.
 */
struct worker {
	pid_t pid; /* 0: there is none */
	int fd;
};

/* What the child calls for a request; 0 or -errno. */
typedef int (*worker_serve)(void *arg, int request);

/* 0 or -errno.  No other threads may run. */
int worker_start(struct worker *worker, worker_serve serve, void *arg);

/*
 * What serve() returned; -ETIMEDOUT when it did not in time, -EPIPE when the
 * child has ended.  After either of these there is no worker any more.
 */
int worker_ask(struct worker *worker, int request, uint64_t limit_ms);

/* Kills the child if it does not end by itself in time. */
void worker_stop(struct worker *worker, uint64_t limit_ms);

#endif
