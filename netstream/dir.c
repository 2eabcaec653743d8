// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dir.h"
#include "io.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

/* ENOSPC and EDQUOT are the same to the caller. */
static int status_of(int err)
{
	return err == EDQUOT ? -ENOSPC : -err;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_object(struct dir *dir)
{
	close_fd(&dir->fd);
	close_fd(&dir->object_fd);
}

void dir_init(struct dir *dir)
{
	*dir = (struct dir){ .session_fd = -1, .object_fd = -1, .fd = -1 };
}

void dir_close(struct dir *dir)
{
	close_object(dir);
	close_fd(&dir->session_fd);
}

/* Opens a directory below at_fd, made if missing; its entry is on disk. */
static int open_below(int *fd, int at_fd, const char *name)
{
	bool made = mkdirat(at_fd, name, 0700) == 0;

	if (!made && errno != EEXIST)
		return status_of(errno);
	*fd = openat(at_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return -errno;
	if (made && fsync(at_fd) < 0)
		return status_of(errno);
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
			return status_of(errno);
		*p = '/';
	}
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return status_of(errno);
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

int dir_open(struct dir *dir, const char *path, const char *session)
{
	int fd = -1;
	int ret;

	dir_close(dir);
	ret = open_path(&fd, path);
	if (!ret)
		ret = open_below(&dir->session_fd, fd, session);
	close_fd(&fd);
	if (ret < 0)
		dir_close(dir);
	return ret;
}

static int open_object_dir(struct dir *dir, const char *object)
{
	const char *slash = strchr(object, '/');
	char name[NAME_LEN_MAX + 1];

	if (!slash) {
		snprintf(dir->name, sizeof(dir->name), "%s", object);
		dir->object_fd = openat(dir->session_fd, ".",
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return dir->object_fd < 0 ? -errno : 0;
	}
	snprintf(dir->name, sizeof(dir->name), "%s", slash + 1);
	snprintf(name, sizeof(name), "%.*s", (int)(slash - object), object);
	return open_below(&dir->object_fd, dir->session_fd, name);
}

/* Is there anything of that name? */
static bool exists(const struct dir *dir, const char *name)
{
	return faccessat(dir->object_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int dir_begin(struct dir *dir, const char *object)
{
	int ret;

	close_object(dir);
	ret = open_object_dir(dir, object);
	if (!ret && exists(dir, dir->name))
		ret = -EEXIST;
	if (ret < 0)
		goto err;
	snprintf(dir->partial, sizeof(dir->partial), "%s" NAME_INCOMPLETE,
		 dir->name);
	dir->fd = openat(dir->object_fd, dir->partial,
			 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			 0600);
	if (dir->fd >= 0)
		return 0;
	ret = status_of(errno);
err:
	close_object(dir);
	return ret;
}

int dir_write(struct dir *dir, uint64_t off, const void *buf, size_t len)
{
	return status_of(-pwrite_full(dir->fd, buf, len, off));
}

bool dir_has_room(const struct dir *dir)
{
	struct statvfs st;

	return fstatvfs(dir->fd, &st) < 0 || st.f_bavail;
}

int dir_sync(struct dir *dir)
{
	if (fdatasync(dir->fd) < 0)
		return status_of(errno);
	posix_fadvise(dir->fd, 0, 0, POSIX_FADV_DONTNEED);
	return 0;
}

/*
 * RENAME_NOREPLACE is missing on NFS and others (EINVAL), and musl has no
 * function for it.  Without it a look before the rename has to do: nobody
 * else writes to this session.
 */
static int rename_new(const struct dir *dir)
{
	if (syscall(SYS_renameat2, dir->object_fd, dir->partial, dir->object_fd,
		    dir->name, RENAME_NOREPLACE) == 0)
		return 0;
	/* A server that was restarted has renamed it and does not know. */
	if (errno == ENOENT && exists(dir, dir->name))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return status_of(errno);
	if (exists(dir, dir->name))
		return exists(dir, dir->partial) ? -EEXIST : 0;
	return renameat(dir->object_fd, dir->partial, dir->object_fd,
			dir->name) < 0
		       ? status_of(errno)
		       : 0;
}

int dir_end(struct dir *dir)
{
	int ret = 0;

	if (fsync(dir->fd) < 0)
		return status_of(errno);
	ret = rename_new(dir);
	if (!ret && fsync(dir->object_fd) < 0)
		ret = status_of(errno);
	if (!ret)
		close_object(dir);
	return ret;
}
