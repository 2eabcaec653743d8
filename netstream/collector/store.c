// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "netstream/collector/state.h"
#include "netstream/collector/store.h"
#include "netstream/log.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

bool store_client_ok(const char *name)
{
	size_t len = strlen(name);

	return len && len <= STORE_CLIENT_MAX && name[0] != '.' &&
	       strspn(name, ALNUM "._-") == len;
}

int store_open(struct store *store, const char *dir, uint64_t reserve,
	       bool lock)
{
	int ret;

	*store = (struct store){ .fd = -1, .reserve = reserve };
	pthread_mutex_init(&store->lock, NULL);

	store->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->fd < 0) {
		ret = -errno;
		log_err("%s: %s", dir, strerror(-ret));
		goto err;
	}
	if (lock && flock(store->fd, LOCK_EX | LOCK_NB) < 0) {
		ret = -errno;
		log_err("%s: %s", dir,
			ret == -EWOULDBLOCK ? "another vmcollectd serves it"
					    : strerror(-ret));
		goto err;
	}
	return 0;

err:
	store_close(store);
	return ret;
}

void store_close(struct store *store)
{
	if (store->fd >= 0)
		close(store->fd);
	store->fd = -1;
	pthread_mutex_destroy(&store->lock);
}

int store_subdir(int dir, const char *name)
{
	int fd = openat(dir, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The parent is synced even if the directory was there: a crash may have come
 * between a former mkdir and its fsync. */
static int make_subdir(int dir, const char *name, bool *made)
{
	*made = !mkdirat(dir, name, 0700);
	if (!*made && errno != EEXIST)
		return -errno;
	if (fsync(dir) < 0)
		return -errno;
	return store_subdir(dir, name);
}

int store_session(const struct store *store, const struct object_name *name,
		  bool create, bool *started)
{
	bool made;
	int client, ret;

	client = create ? make_subdir(store->fd, name->client, &made)
			: store_subdir(store->fd, name->client);
	if (client < 0)
		return client;
	ret = create ? make_subdir(client, name->session, started)
		     : store_subdir(client, name->session);
	close(client);
	return ret;
}

int store_object(int session, const struct object_name *name, bool create,
		 const char **leaf)
{
	const char *slash = strchr(name->object, '/');
	char first[NAME_LEN_MAX + 1];
	bool made;
	int fd;

	*leaf = slash ? slash + 1 : name->object;
	if (!slash) {
		fd = fcntl(session, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? -errno : fd;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(slash - name->object),
		 name->object);
	return create ? make_subdir(session, first, &made)
		      : store_subdir(session, first);
}

/* renameat2() is missing on some network file systems; a link does not
 * replace anything either. */
static int rename_new(int dir, const char *from, const char *to)
{
	if (!renameat2(dir, from, dir, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (linkat(dir, from, dir, to, 0) < 0 || unlinkat(dir, from, 0) < 0)
		return -errno;
	return 0;
}

int store_rename(int dir, const char *from, const char *to)
{
	int ret = rename_new(dir, from, to);

	if (!ret && fsync(dir) < 0)
		ret = -errno;
	return ret;
}

int store_promise(struct store *store, uint64_t need)
{
	struct statvfs vfs;
	uint64_t avail;
	int ret = 0;

	if (fstatvfs(store->fd, &vfs) < 0)
		return -errno;
	avail = (uint64_t)vfs.f_bavail * vfs.f_frsize;

	pthread_mutex_lock(&store->lock);
	if (avail < store->reserve ||
	    avail - store->reserve < store->promised ||
	    avail - store->reserve - store->promised < need)
		ret = -ENOSPC;
	else
		store->promised += need;
	pthread_mutex_unlock(&store->lock);
	return ret;
}

void store_unpromise(struct store *store, uint64_t need)
{
	pthread_mutex_lock(&store->lock);
	store->promised -= need;
	pthread_mutex_unlock(&store->lock);
}

bool store_session_complete(int session)
{
	return !faccessat(session, STORE_MANIFEST, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* The client had more to send of it: that it has its name is our doing. */
static bool is_cut_off(int dir, const char *upload, const char *object)
{
	struct state state;
	int fd, ret;

	if (faccessat(dir, object, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	fd = openat(dir, upload, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	ret = state_load(fd, &state);
	close(fd);
	return !ret && !state_finished(&state);
}

/* ".OBJECT.upload" of an object that is finished. */
static bool is_used_up(int dir, const char *file)
{
	size_t len = strlen(file), tail = strlen(".upload");
	char other[STORE_FILE_MAX];

	if (!strcmp(file, STORE_MANIFEST_NEW))
		return true;
	if (file[0] != '.' || len <= 1 + tail ||
	    strcmp(file + len - tail, ".upload"))
		return false;
	snprintf(other, sizeof(other), "%.*s" NAME_INCOMPLETE,
		 (int)(len - 1 - tail), file + 1);
	if (!faccessat(dir, other, F_OK, AT_SYMLINK_NOFOLLOW))
		return false;
	other[strlen(other) - strlen(NAME_INCOMPLETE)] = '\0';
	return !is_cut_off(dir, file, other);
}

static void clean_dir(int dir, bool below, struct store_total *total)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	struct stat st;
	int sub;

	if (!stream) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((entry = readdir(stream))) {
		if (is_used_up(dir, entry->d_name)) {
			unlinkat(dir, entry->d_name, 0);
			continue;
		}
		if (entry->d_name[0] == '.' ||
		    fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode) && name_is_object(entry->d_name)) {
			total->n_objects++;
			total->size += (uint64_t)st.st_size;
		}
		if (!S_ISDIR(st.st_mode) || below)
			continue;
		sub = store_subdir(dir, entry->d_name);
		if (sub >= 0) {
			/* One level: objects have two components at most. */
			clean_dir(sub, true, total);
			close(sub);
		}
	}
	closedir(stream);
}

void store_session_clean(int session, struct store_total *total)
{
	*total = (struct store_total){ 0 };
	clean_dir(session, false, total);
}
