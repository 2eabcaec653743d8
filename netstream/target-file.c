// SPDX-License-Identifier: GPL-2.0-or-later
/* file:///DIR: a directory of this machine, see dir.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dir.h"
#include "io.h"
#include "log.h"
#include "retry.h"
#include "target.h"

struct file_target {
	struct target target;
	struct dir dir;
	struct retry retry;
};

static void file_close(struct target *target)
{
	struct file_target *file = (struct file_target *)target;

	dir_close(&file->dir);
	free(file);
}

static int file_open(struct target **ret, const char *url,
		     const struct target_config *config, const char *session)
{
	const char *path = url + strlen("file://");
	struct file_target *file;
	int err;

	if (*path != '/') {
		log_err("%s: must be file:///DIR", url);
		return -EINVAL;
	}
	file = calloc(1, sizeof(*file));
	if (!file) {
		log_err("%s: no memory", path);
		return -ENOMEM;
	}
	dir_init(&file->dir);
	file->retry.deadline_ms = config->deadline_ms;
	file->retry.stall_ms = config->stall_ms;
	err = dir_open(&file->dir, path, session);
	if (err < 0) {
		log_err("%s/%s: %s", path, session, strerror(-err));
		file_close(&file->target);
		return err;
	}
	*ret = &file->target;
	return 0;
}

static int file_begin(struct target *target)
{
	struct file_target *file = (struct file_target *)target;
	int ret;

	ret = dir_begin(&file->dir, target->object);
	if (ret < 0)
		log_err("%s: create: %s", target->object, strerror(-ret));
	return ret;
}

/* Until somebody has made room on a disk that is full. */
static int wait_for_room(struct file_target *file)
{
	struct target *target = &file->target;
	int ret;

	do {
		ret = retry_wait(&file->retry, 0, target->object,
				 strerror(ENOSPC));
		target->stats.retries += !ret;
	} while (!ret && !dir_has_room(&file->dir));
	return ret;
}

static int file_write(struct target *target, uint64_t off, const void *buf,
		      size_t len)
{
	struct file_target *file = (struct file_target *)target;
	int ret;

	retry_progress(&file->retry, now_ms());
	target->stats.sent += len;
	while ((ret = dir_write(&file->dir, off, buf, len)) == -ENOSPC) {
		if (wait_for_room(file) < 0)
			break;
		target->stats.sent += len;
		target->stats.resent += len;
	}
	if (ret < 0) {
		log_err("%s: write %zu bytes at %" PRIu64 ": %s",
			target->object, len, off, strerror(-ret));
		return ret;
	}
	target_acked(target, len);
	return 0;
}

static int file_end(struct target *target, uint64_t size)
{
	struct file_target *file = (struct file_target *)target;
	int ret;

	(void)size; /* the last byte has been written, and no byte behind it */
	ret = dir_end(&file->dir);
	if (ret < 0)
		log_err("%s: finish: %s", target->object, strerror(-ret));
	return ret;
}

const struct target_ops target_file = {
	.scheme = "file",
	.open = file_open,
	.begin = file_begin,
	.write = file_write,
	.end = file_end,
	.close = file_close,
};
