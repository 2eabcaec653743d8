// SPDX-License-Identifier: GPL-2.0-or-later

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"

/* One read gives all of either file. */
#define PROCFS_FILE_MAX 4096

uint64_t procfs_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ':')
			return strtoull(line + len + 1, NULL, 10);
	}
	return 0;
}

static uint64_t value_of(const char *path, const char *key)
{
	char text[PROCFS_FILE_MAX];
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	return procfs_value(text, key);
}

uint64_t meminfo_kb(const char *key)
{
	return value_of("/proc/meminfo", key);
}

uint64_t peak_rss_kb(void)
{
	return value_of("/proc/self/status", "VmHWM");
}
