// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

struct session_walk {
	void (*fn)(void *arg, int client, int session,
		   const struct object_name *name);
	void *arg;
	struct object_name name;
};

static void walk_session(void *arg, int dir, const char *entry)
{
	struct session_walk *walk = arg;
	int session;

	if (!name_is_component(entry))
		return;
	session = store_subdir(dir, entry);
	if (session < 0)
		return;
	memcpy(walk->name.session, entry, strlen(entry) + 1);
	walk->fn(walk->arg, dir, session, &walk->name);
	close(session);
}

static void walk_client(void *arg, int dir, const char *entry)
{
	struct session_walk *walk = arg;
	int client;

	if (!store_client_ok(entry))
		return;
	client = store_subdir(dir, entry);
	if (client < 0)
		return;
	memcpy(walk->name.client, entry, strlen(entry) + 1);
	walk_entries(client, walk_session, walk);
	close(client);
}

void walk_sessions(int store,
		   void (*fn)(void *arg, int client, int session,
			      const struct object_name *name),
		   void *arg)
{
	struct session_walk walk = { fn, arg, { .object = "" } };

	walk_entries(store, walk_client, &walk);
}

/* An object's file, finished or not. */
static bool is_of_object(const char *path)
{
	char object[NAME_LEN_MAX + sizeof(NAME_INCOMPLETE)];
	size_t len = strlen(path);

	if (len >= sizeof(object))
		return false;
	memcpy(object, path, len + 1);
	if (name_is_unfinished(path))
		object[len - strlen(NAME_INCOMPLETE)] = '\0';
	return name_is_object(object);
}

struct file_walk {
	void (*fn)(void *arg, const struct walk_file *file);
	void *arg;
	const char *sub; /* the directory below the session, or NULL */
};

static void walk_file(void *arg, int dir, const char *name)
{
	const struct file_walk *walk = arg;
	struct file_walk below = { walk->fn, walk->arg, name };
	struct walk_file file = { .dir = dir, .leaf = name };
	char path[2 * (NAME_MAX + 1)];
	int sub;

	if (fstatat(dir, name, &file.st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	/* One level: objects have two components at most. */
	if (S_ISDIR(file.st.st_mode) && !walk->sub && name_is_component(name)) {
		sub = store_subdir(dir, name);
		if (sub >= 0) {
			walk_entries(sub, walk_file, &below);
			close(sub);
		}
	}
	if (!S_ISREG(file.st.st_mode))
		return;
	snprintf(path, sizeof(path), "%s%s%s", walk->sub ? walk->sub : "",
		 walk->sub ? "/" : "", name);
	file.path = path;
	if (is_of_object(path))
		walk->fn(walk->arg, &file);
}

void walk_files(int session, void (*fn)(void *arg, const struct walk_file *),
		void *arg)
{
	struct file_walk walk = { fn, arg, NULL };

	walk_entries(session, walk_file, &walk);
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
