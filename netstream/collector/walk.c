// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netstream/collector/walk.h"

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int walk_entries(int dir, void (*fn)(void *arg, int dir, const char *name),
		 void *arg)
{
	struct dirent **list;
	int n = scandirat(dir, ".", &list, visible, alphasort);

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		fn(arg, dir, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return n;
}

char *walk_text(int dir, const char *name)
{
	char other[STORE_FILE_MAX], *text;
	ssize_t n = 0;
	size_t len = 0;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		snprintf(other, sizeof(other), "%s" NAME_INCOMPLETE, name);
		fd = openat(dir, other,
			    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	}
	text = fd < 0 ? NULL : malloc(WALK_TEXT_MAX + 1);
	while (text && len < WALK_TEXT_MAX &&
	       (n = read(fd, text + len, WALK_TEXT_MAX - len)) > 0)
		len += (size_t)n;
	if (text)
		text[len] = '\0';
	/* The picking stops at a NUL: a log may have one in the middle. */
	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	if (fd >= 0)
		close(fd);
	return text;
}

int walk_split(const char *what, struct object_name *name)
{
	size_t len = strcspn(what, "/");

	*name = (struct object_name){ .client = "" };
	if (len > STORE_CLIENT_MAX || strlen(what + len) > NAME_LEN_MAX)
		return -ENOENT;
	memcpy(name->client, what, len);
	if (what[len])
		snprintf(name->session, sizeof(name->session), "%s",
			 what + len + 1);
	if (!store_client_ok(name->client) ||
	    (what[len] && !name_is_component(name->session)))
		return -ENOENT;
	return 0;
}
