// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nfs://HOST[:PORT]/PATH: a directory of an NFS server.
 *
 * A process in a call on a dead server may wait for longer than there is time,
 * and SIGKILL does not always end that.  So a child mounts the export and does
 * all that is done there; this process waits for it as long as it wants to.
 *
 * The bytes of an object collect in a chunk that both processes share.  The
 * child writes it and syncs it: then it is on the server's disk, and only then
 * acknowledged and forgotten, here and in the page cache.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "child.h"
#include "dir.h"
#include "io.h"
#include "log.h"
#include "nfs-mount.h"
#include "retry.h"
#include "target.h"

/* Unless configured: a write is no larger than that (wsize of the kernel). */
#define CHUNK_MAX (1U << 20)
/* What may be left to do at the end: closing and leaving. */
#define STOP_MS 5000

enum request { NFS_MOUNT, NFS_BEGIN, NFS_WRITE, NFS_END, NFS_UNMOUNT };

static const char *const request_names[] = {
	[NFS_MOUNT] = "mount", [NFS_BEGIN] = "create",	  [NFS_WRITE] = "write",
	[NFS_END] = "finish",  [NFS_UNMOUNT] = "unmount",
};

/* Bytes that follow each other in the object; behind it in the chunk. */
struct run {
	uint64_t off;
	uint64_t len;
};

/* Both processes see it. */
struct shared {
	char object[NAME_LEN_MAX + 1];
	size_t len; /* of the chunk, in use */
	unsigned int n_sent; /* how often it was */
	bool full; /* there was no room for it the last time */
	uint8_t chunk[];
};

struct nfs_target {
	struct target target;
	struct retry retry;
	struct nfs_url url;
	struct worker worker;
	struct shared *shared;
	size_t size; /* of its chunk */
	size_t last; /* where the last run is in it */
	uint64_t bytes; /* of the object in it */
	struct dir dir; /* the child's */
};

static int use_dir(void *arg, const char *path)
{
	struct nfs_target *t = arg;

	return dir_open(&t->dir, path, t->target.session);
}

static int do_write(struct nfs_target *t)
{
	const uint8_t *chunk = t->shared->chunk;
	struct run run;
	int ret = 0;

	if (t->shared->full && !dir_has_room(&t->dir))
		return -ENOSPC;
	t->shared->n_sent++;
	for (size_t at = 0; at < t->shared->len && !ret; at += run.len) {
		memcpy(&run, chunk + at, sizeof(run));
		at += sizeof(run);
		ret = dir_write(&t->dir, run.off, chunk + at, run.len);
	}
	if (!ret)
		ret = dir_sync(&t->dir);
	t->shared->full = ret == -ENOSPC;
	return ret;
}

/* In the child. */
static int serve(void *arg, int request)
{
	struct nfs_target *t = arg;

	switch (request) {
	case NFS_MOUNT:
		return nfs_mount_any(&t->url, t->target.config, use_dir, t);
	case NFS_BEGIN:
		return dir_begin(&t->dir, t->shared->object);
	case NFS_WRITE:
		return do_write(t);
	case NFS_END:
		return dir_end(&t->dir);
	default:
		dir_close(&t->dir);
		nfs_unmount();
		return 0;
	}
}

static const char *name(const struct nfs_target *t)
{
	return t->target.object[0] ? t->target.object : t->url.host;
}

/*
 * Until it is done, cannot be done, or the time is over.  Every request may be
 * made again, whatever became of it before.
 */
static int ask(struct nfs_target *t, enum request request)
{
	uint64_t now = now_ms();
	int ret;

	retry_progress(&t->retry, now);
	for (;;) {
		uint64_t end = retry_end_ms(&t->retry);

		ret = worker_ask(&t->worker, request,
				 end > now ? end - now : 0);
		if (!ret)
			return 0;
		if (!t->worker.pid || !(ret == -ENOSPC || nfs_may_pass(ret)))
			break;
		if (retry_wait(&t->retry, 0, name(t), strerror(-ret)) < 0)
			return ret == -ENOSPC ? ret : -ETIMEDOUT;
		t->target.stats.retries++;
		now = now_ms();
	}
	log_err("%s: %s: %s", name(t), request_names[request], strerror(-ret));
	return ret;
}

/* Returns when the chunk is on the server's disk. */
static int flush(struct nfs_target *t)
{
	struct target_stats *stats = &t->target.stats;
	struct shared *shared = t->shared;
	uint64_t bytes = t->bytes;
	int ret = 0;

	shared->n_sent = 0;
	if (shared->len)
		ret = ask(t, NFS_WRITE);
	stats->sent += shared->n_sent * bytes;
	if (shared->n_sent)
		stats->resent += (shared->n_sent - 1) * bytes;
	if (ret < 0)
		return ret;
	shared->len = t->bytes = 0;
	target_acked(&t->target, bytes);
	return 0;
}

static int nfs_begin(struct target *target)
{
	struct nfs_target *t = (struct nfs_target *)target;

	t->shared->len = t->bytes = 0;
	memcpy(t->shared->object, target->object, sizeof(t->shared->object));
	return ask(t, NFS_BEGIN);
}

/* How many bytes the chunk has room for, in its last run or in a new one. */
static size_t make_room(struct nfs_target *t, uint64_t off)
{
	struct shared *shared = t->shared;
	struct run run;

	if (shared->len) {
		memcpy(&run, shared->chunk + t->last, sizeof(run));
		if (run.off + run.len == off)
			return t->size - shared->len;
	}
	if (t->size - shared->len <= sizeof(run))
		return 0;
	run = (struct run){ .off = off };
	t->last = shared->len;
	memcpy(shared->chunk + t->last, &run, sizeof(run));
	shared->len += sizeof(run);
	return t->size - shared->len;
}

static void append(struct nfs_target *t, const void *buf, size_t len)
{
	struct shared *shared = t->shared;
	struct run run;

	memcpy(&run, shared->chunk + t->last, sizeof(run));
	run.len += len;
	memcpy(shared->chunk + t->last, &run, sizeof(run));
	memcpy(shared->chunk + shared->len, buf, len);
	shared->len += len;
	t->bytes += len;
}

static int nfs_write(struct target *target, uint64_t off, const void *buf,
		     size_t len)
{
	struct nfs_target *t = (struct nfs_target *)target;
	const uint8_t *p = buf;
	int ret = 0;

	while (len && !ret) {
		size_t n = make_room(t, off);

		if (n > len)
			n = len;
		if (n)
			append(t, p, n);
		else
			ret = flush(t);
		p += n;
		off += n;
		len -= n;
	}
	return ret;
}

static int nfs_end(struct target *target, uint64_t size)
{
	struct nfs_target *t = (struct nfs_target *)target;
	int ret;

	(void)size; /* the last byte has been written, and no byte behind it */
	ret = flush(t);
	return ret ? ret : ask(t, NFS_END);
}

static void nfs_close(struct target *target)
{
	struct nfs_target *t = (struct nfs_target *)target;

	worker_ask(&t->worker, NFS_UNMOUNT, STOP_MS);
	worker_stop(&t->worker, STOP_MS);
	if (t->shared)
		munmap(t->shared, sizeof(*t->shared) + t->size);
	free(t);
}

static int start(struct nfs_target *t)
{
	void *p;
	int ret;

	p = mmap(NULL, sizeof(*t->shared) + t->size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ret = p == MAP_FAILED ? -errno : 0;
	if (!ret) {
		t->shared = p;
		ret = worker_start(&t->worker, serve, t);
	}
	if (ret < 0)
		log_err("%s: %s", name(t), strerror(-ret));
	return ret;
}

static int nfs_open(struct target **ret, const char *url,
		    const struct target_config *config, const char *session)
{
	struct nfs_target *t = calloc(1, sizeof(*t));
	int err;

	if (!t) {
		log_err("%.200s: no memory", url);
		return -ENOMEM;
	}
	err = nfs_parse_url(&t->url, url);
	if (err < 0) {
		log_err("%.200s: must be nfs://HOST[:PORT]/PATH", url);
		goto err;
	}
	t->target.config = config;
	t->target.session = session;
	t->retry.deadline_ms = config->deadline_ms;
	t->retry.stall_ms = config->stall_ms;
	dir_init(&t->dir);
	t->size = config->chunk_size ? config->chunk_size : target_chunk_size();
	if (!config->chunk_size && t->size > CHUNK_MAX)
		t->size = CHUNK_MAX;
	t->target.stats.chunk_size = t->size;
	err = start(t);
	if (!err)
		err = ask(t, NFS_MOUNT);
	if (err < 0)
		goto err;
	*ret = &t->target;
	return 0;

err:
	nfs_close(&t->target);
	return err;
}

const struct target_ops target_nfs = {
	.scheme = "nfs",
	.open = nfs_open,
	.begin = nfs_begin,
	.write = nfs_write,
	.end = nfs_end,
	.close = nfs_close,
};
