// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "initramfs/bound.h"
#include "initramfs/watch.h"
#include "netstream/log.h"

#define WATCHDOGS_MAX 8
#define FEED_MS 1000
#define FIRST_STAGE_S 30 /* until init says more */
#define FIRST_TIMEOUT_S 60
#define LINE_MAX_LEN 128
#define STAGE_MAX_LEN 31

struct watch {
	char devices[256]; /* their names, up to the number */
	char sysrq[256];
	const char *progress;
	int input; /* -1: nobody talks any more */
	int fds[WATCHDOGS_MAX]; /* -1: not open */
	size_t n_open;
	int timeout; /* seconds; 0 = watchdogs are not used */
	struct bound bound;
	char stage[STAGE_MAX_LEN + 1];
	bool lost; /* over its limit */
	char line[LINE_MAX_LEN];
	size_t line_len;
};

/* Not every watchdog can be asked; each has a timeout of its own then. */
static void set_timeout(int fd, int timeout)
{
	struct watchdog_info info = { .identity = "watchdog" };
	int no_pretimeout = 0;

	ioctl(fd, WDIOC_GETSUPPORT, &info);
	ioctl(fd, WDIOC_SETPRETIMEOUT, &no_pretimeout);
	if (ioctl(fd, WDIOC_SETTIMEOUT, &timeout) < 0)
		log_warn("%s: %d s: %s", info.identity, timeout,
			 strerror(errno));
	else
		log_notice("%s: bites after %d s", info.identity, timeout);
}

/*
 * All that there are: the first may be one that cannot reset the machine.  A
 * driver may come later than this program.
 */
static void open_watchdogs(struct watch *watch)
{
	char name[sizeof(watch->devices) + 12];

	for (int i = 0; watch->timeout && i < WATCHDOGS_MAX; i++) {
		if (watch->fds[i] >= 0)
			continue;
		snprintf(name, sizeof(name), "%s%d", watch->devices, i);
		watch->fds[i] = open(name, O_WRONLY | O_CLOEXEC);
		if (watch->fds[i] < 0)
			continue;
		watch->n_open++;
		set_timeout(watch->fds[i], watch->timeout);
	}
}

static void set_timeouts(struct watch *watch, int timeout)
{
	if (timeout == watch->timeout)
		return;
	watch->timeout = timeout;
	for (int i = 0; i < WATCHDOGS_MAX; i++)
		if (watch->fds[i] >= 0)
			set_timeout(watch->fds[i], timeout);
}

static void write_all(struct watch *watch, char c)
{
	for (int i = 0; i < WATCHDOGS_MAX; i++)
		if (watch->fds[i] >= 0 && write(watch->fds[i], &c, 1) != 1)
			log_warn("%s%d: %s", watch->devices, i,
				 strerror(errno));
}

/* V: the driver may stop it, Documentation/watchdog/watchdog-api.rst. */
static void stop_watchdogs(struct watch *watch)
{
	write_all(watch, 'V');
	for (int i = 0; i < WATCHDOGS_MAX; i++) {
		if (watch->fds[i] >= 0)
			close(watch->fds[i]);
		watch->fds[i] = -1;
	}
	watch->n_open = 0;
	watch->timeout = 0;
}

static void feed(struct watch *watch)
{
	open_watchdogs(watch);
	write_all(watch, '.');
}

/* Returns only when sysrq does not work: then the watchdog is what is left. */
static void reset(struct watch *watch)
{
	int fd;

	watch->lost = true;
	log_err("stage %s: over its limit: resetting the machine",
		watch->stage);
	fd = open(watch->sysrq, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "b", 1) != 1)
		log_err("%s: %s", watch->sysrq, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void obey(struct watch *watch, const char *line)
{
	uint64_t seconds, stall = 0;
	char stage[STAGE_MAX_LEN + 1];
	int timeout;

	if (sscanf(line, "stage %31s %" SCNu64 " %" SCNu64, stage, &seconds,
		   &stall) >= 2) {
		strcpy(watch->stage, stage);
		bound_start(&watch->bound, seconds, stall, watch->progress);
	} else if (sscanf(line, "watchdog %d", &timeout) == 1 && timeout >= 0) {
		if (timeout)
			set_timeouts(watch, timeout);
		else
			stop_watchdogs(watch);
	} else {
		log_warn("%s: not understood", line);
	}
}

static void take(struct watch *watch, char c)
{
	if (c != '\n') {
		if (watch->line_len < LINE_MAX_LEN - 1)
			watch->line[watch->line_len++] = c;
		return;
	}
	watch->line[watch->line_len] = '\0';
	watch->line_len = 0;
	obey(watch, watch->line);
}

/* Blocks for at most timeout_ms. */
static void listen_to_init(struct watch *watch, int timeout_ms)
{
	struct pollfd pfd = { .fd = watch->input, .events = POLLIN };
	char c;

	while (poll(&pfd, 1, timeout_ms) == 1) {
		if (read(watch->input, &c, 1) != 1) {
			watch->input = -1;
			return;
		}
		take(watch, c);
		timeout_ms = 0;
	}
}

void watch(const char *root, const char *progress)
{
	struct watch watch = {
		.input = STDIN_FILENO,
		.timeout = FIRST_TIMEOUT_S,
		.progress = progress,
		.stage = "start",
	};

	for (int i = 0; i < WATCHDOGS_MAX; i++)
		watch.fds[i] = -1;
	snprintf(watch.devices, sizeof(watch.devices), "%s/dev/watchdog", root);
	snprintf(watch.sysrq, sizeof(watch.sysrq), "%s/proc/sysrq-trigger",
		 root);
	bound_start(&watch.bound, FIRST_STAGE_S, 0, progress);
	open_watchdogs(&watch);
	if (!watch.n_open)
		log_notice("no watchdog: /dev/watchdog0 is not there");
	for (;;) {
		if (!watch.lost && bound_check(&watch.bound) != BOUND_INSIDE)
			reset(&watch);
		if (!watch.lost)
			feed(&watch);
		listen_to_init(&watch, FEED_MS);
	}
}
