// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file:///DIR: a directory of this machine.  Objects become DIR/SESSION/NAME;
 * until its end an object is NAME.incomplete, and no finished object is ever
 * written over.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io.h"
#include "log.h"
#include "target.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

struct file_target {
	struct target target;
	int session_fd; /* DIR/SESSION */
	int dir_fd; /* directory of the object; -1 between objects */
	int fd; /* NAME.incomplete; -1 between objects */
	char name[NAME_LEN_MAX + 1];
	char partial[NAME_LEN_MAX + sizeof(NAME_INCOMPLETE)];
};

/* ENOSPC and EDQUOT are the same to the caller: another target may do. */
static int errno_to_status(int err)
{
	return err == EDQUOT ? -ENOSPC : -err;
}

/* Opens a directory below dir_fd, made if missing; its entry is on disk. */
static int open_dir(int *fd, int dir_fd, const char *name)
{
	bool made = mkdirat(dir_fd, name, 0700) == 0;

	if (!made && errno != EEXIST)
		return errno_to_status(errno);
	*fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return -errno;
	if (made && fsync(dir_fd) < 0)
		return errno_to_status(errno);
	return 0;
}

/* mkdir -p, then open. */
static int open_path(int *fd, const char *path)
{
	char dir[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(dir))
		return -ENAMETOOLONG;
	memcpy(dir, path, len + 1);
	for (char *p = dir + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(dir, 0700) < 0 && errno != EEXIST)
			return errno_to_status(errno);
		*p = '/';
	}
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return errno_to_status(errno);
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

static void file_close(struct target *target)
{
	struct file_target *file = (struct file_target *)target;

	if (file->fd >= 0)
		close(file->fd);
	if (file->dir_fd >= 0)
		close(file->dir_fd);
	if (file->session_fd >= 0)
		close(file->session_fd);
	free(file);
}

static int file_open(struct target **ret, const char *url,
		     const struct target_config *config, const char *session)
{
	const char *path = url + strlen("file://");
	struct file_target *file;
	int dir_fd = -1;
	int err;

	(void)config;
	if (*path != '/') {
		log_err("%s: must be file:///DIR", url);
		return -EINVAL;
	}
	file = calloc(1, sizeof(*file));
	if (!file) {
		log_err("%s: no memory", path);
		return -ENOMEM;
	}
	file->session_fd = file->dir_fd = file->fd = -1;

	err = open_path(&dir_fd, path);
	if (!err)
		err = open_dir(&file->session_fd, dir_fd, session);
	if (dir_fd >= 0)
		close(dir_fd);
	if (err < 0) {
		log_err("%s/%s: %s", path, session, strerror(-err));
		file_close(&file->target);
		return err;
	}
	*ret = &file->target;
	return 0;
}

static void close_object(struct file_target *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->dir_fd >= 0)
		close(file->dir_fd);
	file->fd = file->dir_fd = -1;
}

static int open_object_dir(struct file_target *file)
{
	const char *object = file->target.object;
	const char *slash = strchr(object, '/');
	char dir[NAME_LEN_MAX + 1];

	if (!slash) {
		snprintf(file->name, sizeof(file->name), "%s", object);
		file->dir_fd = openat(file->session_fd, ".",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return file->dir_fd < 0 ? -errno : 0;
	}
	snprintf(file->name, sizeof(file->name), "%s", slash + 1);
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - object), object);
	return open_dir(&file->dir_fd, file->session_fd, dir);
}

static int file_begin(struct target *target)
{
	struct file_target *file = (struct file_target *)target;
	int ret;

	close_object(file);
	ret = open_object_dir(file);
	if (ret < 0)
		goto err;
	if (faccessat(file->dir_fd, file->name, F_OK, AT_SYMLINK_NOFOLLOW) ==
	    0) {
		ret = -EEXIST;
		goto err;
	}
	snprintf(file->partial, sizeof(file->partial), "%s" NAME_INCOMPLETE,
		 file->name);
	file->fd = openat(file->dir_fd, file->partial,
			  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			  0600);
	if (file->fd < 0) {
		ret = errno_to_status(errno);
		goto err;
	}
	return 0;

err:
	log_err("%s: create: %s", target->object, strerror(-ret));
	close_object(file);
	return ret;
}

static int file_write(struct target *target, uint64_t off, const void *buf,
		      size_t len)
{
	struct file_target *file = (struct file_target *)target;
	int ret;

	target->stats.sent += len;
	ret = pwrite_full(file->fd, buf, len, off);
	if (ret < 0) {
		ret = errno_to_status(-ret);
		log_err("%s: write %zu bytes at %" PRIu64 ": %s",
			target->object, len, off, strerror(-ret));
		return ret;
	}
	target_acked(target, len);
	return 0;
}

/*
 * RENAME_NOREPLACE is missing on NFS and others (EINVAL), and musl has no
 * function for it.  Without it a look before the rename has to do: nobody
 * else writes to this session.
 */
static int rename_new(int dir_fd, const char *from, const char *to)
{
	if (syscall(SYS_renameat2, dir_fd, from, dir_fd, to,
		    RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (faccessat(dir_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return renameat(dir_fd, from, dir_fd, to) < 0 ? -errno : 0;
}

static int file_end(struct target *target, uint64_t size)
{
	struct file_target *file = (struct file_target *)target;
	int ret = 0;

	(void)size; /* the last byte has been written, and no byte behind it */
	if (fsync(file->fd) < 0)
		ret = errno_to_status(errno);
	if (!ret)
		ret = rename_new(file->dir_fd, file->partial, file->name);
	if (!ret && fsync(file->dir_fd) < 0)
		ret = errno_to_status(errno);
	if (ret < 0) {
		log_err("%s: finish: %s", target->object, strerror(-ret));
		return ret;
	}
	close_object(file);
	return 0;
}

const struct target_ops target_file = {
	.scheme = "file",
	.open = file_open,
	.begin = file_begin,
	.write = file_write,
	.end = file_end,
	.close = file_close,
};
