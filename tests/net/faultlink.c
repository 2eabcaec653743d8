// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultlink [COMMAND]...: an Ethernet link with faults, for tests that run as
 * root.  Makes two network namespaces, each with a TAP device eth0, and
 * forwards frames between them.  Commands (link.h) are arguments, then lines of
 * standard input; "figures" is one more, which prints what became of frames.
 *
 * The namespaces are those of this process's descriptors 10 (side a) and 11
 * (side b): nsenter --net=/proc/PID/fd/10.  They and the devices end with the
 * processes that use them, whatever happens; this one ends with its input.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "link.h"

#define NAMESPACE_FD 10
#define BATCH 64 /* frames of one side before the other has its turn */

static void die(const char *what)
{
	fprintf(stderr, "faultlink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* The TAP device of a new namespace, which the process stays in. */
static int open_side(enum link_side side)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI,
				 .ifr_name = "eth0" };
	int fd, ns;

	if (unshare(CLONE_NEWNET) < 0)
		die("unshare");
	ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (ns < 0 || dup3(ns, NAMESPACE_FD + (int)side, O_CLOEXEC) < 0)
		die("/proc/self/ns/net");
	close(ns);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		die("/dev/net/tun");
	return fd;
}

static void print_figures(const struct link_stats *stats)
{
	fprintf(stderr,
		"faultlink: figures: bytes=%" PRIu64 " lost=%" PRIu64
		" down=%" PRIu64 " too_long=%" PRIu64 " full=%" PRIu64 "\n",
		stats->bytes, stats->lost, stats->down, stats->too_long,
		stats->full);
}

static void command(struct link *link, const char *line)
{
	if (!strcmp(line, "figures")) {
		print_figures(&link->stats);
	} else if (link_command(link, line, now_us()) < 0) {
		fprintf(stderr,
			"faultlink: %s: not one of: " LINK_COMMANDS
			" | figures\n",
			line);
		exit(2);
	}
}

/* Lines come whole: they are short, and written at once. */
static void read_commands(struct link *link)
{
	char buf[512], *line, *rest = buf;
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf) - 1);

	if (n <= 0)
		exit(0);
	buf[n] = '\0';
	while ((line = strsep(&rest, "\n")))
		if (*line)
			command(link, line);
}

/* An interface that is not up yet takes nothing and gives nothing. */
static void receive(struct link *link, enum link_side from, int fd)
{
	uint8_t frame[LINK_FRAME_MAX];
	bool was_down = link->down;

	for (int i = 0; i < BATCH; i++) {
		ssize_t n = read(fd, frame, sizeof(frame));

		if (n <= 0)
			break;
		link_take(link, from, frame, (size_t)n, now_us());
	}
	if (link->down && !was_down)
		fprintf(stderr, "faultlink: cut\n");
}

static void deliver(struct link *link, enum link_side from, int to)
{
	const struct link_frame *frame;

	while ((frame = link_due(link, from, now_us()))) {
		if (write(to, frame->bytes, frame->len) < 0 && errno == EAGAIN)
			break;
		link_sent(link, from);
	}
}

static void forward(struct link *link, const int fds[2])
{
	struct pollfd polled[3] = {
		{ .fd = fds[LINK_A], .events = POLLIN },
		{ .fd = fds[LINK_B], .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	struct timespec wait;

	for (;;) {
		uint64_t us = link_wait_us(link, now_us());

		if (us != UINT64_MAX)
			wait = (struct timespec){
				.tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000,
			};
		if (ppoll(polled, 3, us == UINT64_MAX ? NULL : &wait, NULL) < 0)
			die("poll");
		if (polled[2].revents)
			read_commands(link);
		if (link_returns(link, now_us()))
			fprintf(stderr, "faultlink: back\n");
		for (int side = LINK_A; side <= LINK_B; side++)
			if (polled[side].revents)
				receive(link, side, fds[side]);
		deliver(link, LINK_A, fds[LINK_B]);
		deliver(link, LINK_B, fds[LINK_A]);
	}
}

int main(int argc, char **argv)
{
	struct link link;
	int fds[2];

	if (link_init(&link) < 0)
		die("queues");
	for (int i = 1; i < argc; i++)
		command(&link, argv[i]);
	fds[LINK_A] = open_side(LINK_A);
	fds[LINK_B] = open_side(LINK_B);
	fprintf(stderr, "faultlink: ready\n");
	forward(&link, fds);
	return 0;
}
