// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "log.h"

/* /dev/kmsg: Documentation/admin-guide/devices.txt. */
#define KMSG_MAJOR 1
#define KMSG_MINOR 11

static const char *log_program;
static enum log_level log_max = LOG_LEVEL_INFO;
static bool log_with_level;

/* JOURNAL_STREAM is inherited: it only counts if it still names this fd. */
static bool is_journal(const struct stat *st)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;

	if (!stream || sscanf(stream, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return dev == (unsigned long long)st->st_dev &&
	       ino == (unsigned long long)st->st_ino;
}

static bool is_kmsg(const struct stat *st)
{
	return S_ISCHR(st->st_mode) &&
	       st->st_rdev == makedev(KMSG_MAJOR, KMSG_MINOR);
}

void log_init(const char *program)
{
	struct stat st;

	log_program = program;
	log_with_level = fstat(STDERR_FILENO, &st) == 0 &&
			 (is_kmsg(&st) || is_journal(&st));
}

enum log_level log_set_level(enum log_level level)
{
	enum log_level before = log_max;

	log_max = level;
	return before;
}

/* Text of a server or a file must not start a line of its own. */
static void blank_control_characters(char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
	}
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char line[LOG_LINE_MAX + 1];
	size_t max = LOG_LINE_MAX - 1; /* the newline needs its byte */
	int saved = errno;
	size_t len = 0;
	va_list ap;

	if (level > log_max)
		return;
	if (log_with_level)
		len += (size_t)snprintf(line, sizeof(line), "<%d>", level);
	if (log_program)
		len += (size_t)snprintf(line + len, sizeof(line) - len,
					"%.64s: ", log_program);
	va_start(ap, fmt);
	vsnprintf(line + len, max + 1 - len, fmt, ap);
	va_end(ap);

	blank_control_characters(line);
	len = strlen(line);
	line[len++] = '\n';
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
	errno = saved;
}
