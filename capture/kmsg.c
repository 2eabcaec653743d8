// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/kmsg.h"
#include "netstream/log.h"

#define PATH "/dev/kmsg"
/* Numbers before the ';', and "[12345678901234.123456] " instead of them. */
#define PREFIX_MAX 96
#define STAMP_MAX 48

/* "level,sequence,microseconds,flags;": the third number. */
static bool parse_usec(const char *record, size_t len, uint64_t *usec)
{
	char prefix[PREFIX_MAX];
	char *field, *end;

	if (len >= sizeof(prefix))
		return false;
	memcpy(prefix, record, len);
	prefix[len] = '\0';
	field = strchr(prefix, ',');
	if (field)
		field = strchr(field + 1, ',');
	if (!field)
		return false;
	*usec = strtoull(field + 1, &end, 10);
	return end != field + 1;
}

size_t kmsg_format(const char *record, size_t len, char *buf, size_t size)
{
	const char *text = memchr(record, ';', len);
	const char *end = record + len;
	const char *newline;
	uint64_t usec;
	int n;

	if (!text || !parse_usec(record, (size_t)(text - record), &usec))
		return 0;
	text++;
	newline = memchr(text, '\n', (size_t)(end - text));
	if (newline)
		end = newline;
	n = snprintf(buf, size, "[%5" PRIu64 ".%06" PRIu64 "] %.*s\n",
		     usec / 1000000, usec % 1000000, (int)(end - text), text);
	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

int kmsg_copy(int fd, kmsg_sink sink, void *arg)
{
	char line[KMSG_RECORD_MAX + STAMP_MAX];
	char record[KMSG_RECORD_MAX];
	size_t total = 0;
	int ret;

	while (total < KMSG_LOG_MAX) {
		ssize_t n = read(fd, record, sizeof(record));
		size_t len;

		if (n == 0 || (n < 0 && errno == EAGAIN))
			return 0;
		/* EPIPE: records were overwritten before they were read. */
		if (n < 0 && (errno == EINTR || errno == EPIPE))
			continue;
		if (n < 0) {
			ret = -errno;
			log_warn("%s: read: %s", PATH, strerror(-ret));
			return ret;
		}
		len = kmsg_format(record, (size_t)n, line, sizeof(line));
		ret = sink(arg, line, len);
		if (ret < 0)
			return ret;
		total += len;
	}
	return 0;
}

int kmsg_write(kmsg_sink sink, void *arg)
{
	int fd, ret;

	fd = open(PATH, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		log_warn("%s: %s", PATH, strerror(-ret));
		return ret;
	}
	ret = kmsg_copy(fd, sink, arg);
	close(fd);
	return ret;
}
