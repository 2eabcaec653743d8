// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "netstream/collector/spool.h"
#include "netstream/io.h"

/* A file without a name; on file systems that have none (NFS), one whose name
 * goes at once. */
static int open_unnamed(int dir)
{
	static atomic_uint serial;
	char name[48];
	int fd;

	fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd < 0 ? -errno : fd;

	snprintf(name, sizeof(name), ".spool.%d.%u", (int)getpid(),
		 atomic_fetch_add(&serial, 1));
	unlinkat(dir, name, 0);
	fd = openat(dir, name,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	unlinkat(dir, name, 0);
	return fd;
}

int spool_open(struct spool *spool, int dir, const struct state *state,
	       uint64_t limit, bool digest)
{
	int ret;

	*spool = (struct spool){ .fd = -1, .trial = *state, .limit = limit };
	spool->trial.reader.limit = limit;
	if (digest) {
		spool->digest = digest_new();
		if (!spool->digest)
			return -ENOMEM;
	}
	ret = open_unnamed(dir);
	if (ret < 0) {
		spool_close(spool);
		return ret;
	}
	spool->fd = ret;
	return 0;
}

void spool_close(struct spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	digest_free(spool->digest);
	spool->fd = -1;
	spool->digest = NULL;
}

static int drop(void *arg, uint64_t off, const void *buf, size_t len)
{
	(void)arg, (void)off, (void)buf, (void)len;
	return 0;
}

int spool_write(struct spool *spool, const void *buf, size_t len)
{
	struct state *trial = &spool->trial;
	int ret;

	if (len > INT64_MAX - trial->offset)
		return -EFBIG;
	if (trial->layout == LAYOUT_FLAT)
		ret = flat_read(&trial->reader, buf, len, drop, NULL);
	else
		ret = trial->offset + len > spool->limit ? -EFBIG : 0;
	if (ret < 0)
		return ret;
	ret = write_full(spool->fd, buf, len);
	if (ret < 0)
		return ret;
	if (spool->digest)
		digest_update(spool->digest, buf, len);
	trial->offset += len;
	spool->len += len;
	return 0;
}
