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

#define FEED_MS 1000
#define FIRST_STAGE_S 30 /* until init says more */
#define FIRST_TIMEOUT_S 60
#define LINE_MAX_LEN 128
#define STAGE_MAX_LEN 31

struct watch {
	char device[256];
	char sysrq[256];
	const char *progress;
	int input; /* -1: nobody talks any more */
	int fd; /* of the watchdog; -1: not open */
	int open_error; /* the last one, to log each only once */
	int timeout; /* seconds; 0 = the watchdog is not used */
	struct bound bound;
	char stage[STAGE_MAX_LEN + 1];
	bool lost; /* over its limit */
	char line[LINE_MAX_LEN];
	size_t line_len;
};

/* Not every watchdog can be asked; each has a timeout of its own then. */
static void set_timeout(struct watch *watch)
{
	struct watchdog_info info = { .identity = "watchdog" };
	int timeout = watch->timeout, no_pretimeout = 0;

	ioctl(watch->fd, WDIOC_GETSUPPORT, &info);
	ioctl(watch->fd, WDIOC_SETPRETIMEOUT, &no_pretimeout);
	if (ioctl(watch->fd, WDIOC_SETTIMEOUT, &timeout) < 0)
		log_warn("%s: %d s: %s", info.identity, watch->timeout,
			 strerror(errno));
	else
		log_notice("%s: bites after %d s", info.identity, timeout);
}

/* A driver may come later than this program. */
static void open_watchdog(struct watch *watch)
{
	if (watch->fd >= 0 || !watch->timeout)
		return;
	watch->fd = open(watch->device, O_WRONLY | O_CLOEXEC);
	if (watch->fd >= 0) {
		set_timeout(watch);
		return;
	}
	if (watch->open_error != errno)
		log_notice("%s: %s", watch->device, strerror(errno));
	watch->open_error = errno;
}

/* V: the driver may stop it, Documentation/watchdog/watchdog-api.rst. */
static void stop_watchdog(struct watch *watch)
{
	if (watch->fd < 0)
		return;
	if (write(watch->fd, "V", 1) != 1)
		log_warn("%s: %s", watch->device, strerror(errno));
	close(watch->fd);
	watch->fd = -1;
}

static void feed(struct watch *watch)
{
	open_watchdog(watch);
	if (watch->fd >= 0 && write(watch->fd, ".", 1) != 1)
		log_warn("%s: %s", watch->device, strerror(errno));
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
		watch->timeout = timeout;
		if (!timeout)
			stop_watchdog(watch);
		else if (watch->fd >= 0)
			set_timeout(watch);
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
		.fd = -1,
		.timeout = FIRST_TIMEOUT_S,
		.progress = progress,
		.stage = "start",
	};

	snprintf(watch.device, sizeof(watch.device), "%s/dev/watchdog", root);
	snprintf(watch.sysrq, sizeof(watch.sysrq), "%s/proc/sysrq-trigger",
		 root);
	bound_start(&watch.bound, FIRST_STAGE_S, 0, progress);
	for (;;) {
		if (!watch.lost && bound_check(&watch.bound) != BOUND_INSIDE)
			reset(&watch);
		if (!watch.lost)
			feed(&watch);
		listen_to_init(&watch, FEED_MS);
	}
}
