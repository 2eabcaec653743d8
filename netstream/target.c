// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "log.h"
#include "name.h"
#include "procfs.h"
#include "target.h"

#define CHUNK_STEP (64U << 10)
#define ALIVE_INTERVAL_MS 1000

static const struct target_ops *const targets[] = {
	&target_file,
	&target_https,
	&target_nfs,
	&target_s3,
};

static const struct target_ops *find_ops(const char *url)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		size_t len = strlen(targets[i]->scheme);

		if (!strncmp(url, targets[i]->scheme, len) &&
		    !strncmp(url + len, "://", 3))
			return targets[i];
	}
	return NULL;
}

size_t target_chunk_size(void)
{
	uint64_t bytes = meminfo_kb("MemAvailable") << 10;
	uint64_t size = bytes / 8 & ~(uint64_t)(CHUNK_STEP - 1);

	if (size < TARGET_CHUNK_MIN)
		return TARGET_CHUNK_MIN;
	if (size > TARGET_CHUNK_MAX)
		return TARGET_CHUNK_MAX;
	return (size_t)size;
}

/* A file that cannot be written is no reason to send less. */
void target_progress(const struct target_config *config, uint64_t acked)
{
	int fd;

	if (!config->progress)
		return;
	fd = open(config->progress, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return;
	dprintf(fd, "%" PRIu64 "\n", acked);
	close(fd);
}

int target_open(struct target **ret, const char *url,
		const struct target_config *config, const char *session)
{
	const struct target_ops *ops = find_ops(url);
	struct target *target;
	int err;

	*ret = NULL;
	if (!ops) {
		log_err("%s: no target of this kind", url);
		return -EINVAL;
	}
	if (!name_is_object(session) || strchr(session, '/')) {
		log_err("%s: not a name for a session", session);
		return -EINVAL;
	}
	target_progress(config, 0);
	err = ops->open(&target, url, config, session);
	if (err < 0)
		return err;
	target->ops = ops;
	target->config = config;
	target->session = session;
	target->alive_ms = now_ms();
	*ret = target;
	return 0;
}

static int check_deadline(const struct target *target)
{
	uint64_t deadline = target->config->deadline_ms;

	if (!deadline || now_ms() < deadline)
		return 0;
	log_err("%s: deadline over after %" PRIu64 " acknowledged bytes",
		target->object, target->stats.acked);
	return -ETIMEDOUT;
}

int target_begin(struct target *target, const char *object,
		 enum object_layout layout)
{
	int ret;

	if (!name_is_object(object)) {
		log_err("%s: not a name for an object", object);
		return -EINVAL;
	}
	strncpy(target->object, object, NAME_LEN_MAX);
	target->layout = layout;
	target->written = 0;
	target->room = UINT64_MAX;
	target->failed = 0;
	ret = check_deadline(target);
	if (!ret)
		ret = target->ops->begin(target);
	if (ret < 0)
		target->object[0] = '\0';
	return ret;
}

int target_write(struct target *target, uint64_t off, const void *buf,
		 size_t len)
{
	int ret;

	if (target->failed)
		return target->failed;
	if (!target->object[0] || off > INT64_MAX || len > INT64_MAX - off ||
	    (target->layout == OBJECT_STREAM && off != target->written)) {
		log_err("%s: %zu bytes do not belong at offset %" PRIu64,
			target->object, len, off);
		return -EINVAL;
	}
	if (!len)
		return 0;
	ret = check_deadline(target);
	if (!ret)
		ret = target->ops->write(target, off, buf, len);
	target->failed = ret;
	if (!ret && off + len > target->written)
		target->written = off + len;
	return ret;
}

int target_expect(struct target *target, uint64_t head, uint64_t max)
{
	if (target->failed || !target->ops->expect || !max)
		return target->failed;
	target->failed = target->ops->expect(target, head, max);
	return target->failed;
}

int target_settled(struct target *target, uint64_t off, uint64_t len)
{
	if (target->failed || !target->ops->settled || !len)
		return target->failed;
	target->failed = target->ops->settled(target, off, len);
	return target->failed;
}

int target_end(struct target *target, uint64_t size)
{
	int ret;

	if (target->failed)
		return target->failed;
	if (!target->object[0] || size != target->written) {
		log_err("%s: ends at %" PRIu64 " and not at %" PRIu64 " bytes",
			target->object, target->written, size);
		return -EINVAL;
	}
	ret = check_deadline(target);
	if (!ret)
		ret = target->ops->end(target, size);
	target->failed = ret;
	if (!ret)
		target->object[0] = '\0';
	return ret;
}

void target_close(struct target *target)
{
	if (target)
		target->ops->close(target);
}

void target_alive(struct target *target)
{
	uint64_t now = now_ms();

	if (now < target->alive_ms + ALIVE_INTERVAL_MS)
		return;
	target->alive_ms = now;
	target_progress(target->config, target->stats.acked);
}

void target_acked(struct target *target, uint64_t len)
{
	bool first = !target->stats.first_ack_ms;

	target->stats.acked += len;
	if (!len)
		return;
	target_alive(target);
	if (first)
		target->stats.first_ack_ms = now_ms();
	if (target->layout == OBJECT_RECORDS && !target->records_acked) {
		target->records_acked = true;
		first = true;
	}
	if (first)
		log_notice("first chunk acknowledged: %" PRIu64 " bytes of %s",
			   len, target->object);
}
