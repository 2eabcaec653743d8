// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/compress.h"
#include "capture/device-dumps.h"
#include "netstream/log.h"
#include "netstream/name.h"

/* Two digits at least, and as many for all, so that names sort. */
static int n_digits(size_t n_dumps)
{
	int n = 2;

	for (size_t max = 100; n_dumps > max; max *= 10)
		n++;
	return n;
}

static void name_object(struct device_dump *dump, size_t i, size_t n_dumps)
{
	char name[DUMP_NAME_LEN + 1];

	memcpy(name, dump->name, sizeof(name));
	name_plain(name);
	snprintf(dump->object, sizeof(dump->object),
		 DEVICE_DUMPS_DIR "%0*zu-%s.zst", n_digits(n_dumps), i,
		 *name ? name : "unnamed");
}

static int fill(struct device_dumps *dumps, const struct vmcore *core,
		size_t room)
{
	struct device_dump *dump = dumps->list;
	struct note_walk walk;
	struct note note;
	int ret = 0;

	note_walk_init(&walk, core);
	while (dumps->n < room && (ret = note_next(core, &walk, &note)) > 0) {
		if (!note_is_device_dump(&note))
			continue;
		dump->note_off = note.off;
		ret = note_dump_name(core, &note, dump->name, &dump->off,
				     &dump->size);
		if (ret < 0)
			break;
		name_object(dump++, dumps->n++, room);
	}
	return ret < 0 ? ret : 0;
}

int device_dumps_load(struct device_dumps *dumps, const struct vmcore *core)
{
	size_t room = DEVICE_DUMPS_MAX;
	int ret;

	*dumps = (struct device_dumps){ 0 };
	ret = note_count_dumps(core, &dumps->total, &dumps->notes_len);
	if (ret < 0 || dumps->total == 0)
		return ret;
	if (dumps->total < room)
		room = (size_t)dumps->total;
	else if (dumps->total > room)
		log_warn("%s: %" PRIu64 " device dumps: only the first %u"
			 " are sent as objects",
			 core->path, dumps->total, DEVICE_DUMPS_MAX);
	dumps->list = calloc(room, sizeof(*dumps->list));
	if (!dumps->list) {
		log_err("%s: no memory for a table of %zu device dumps",
			core->path, room);
		return -ENOMEM;
	}
	ret = fill(dumps, core, room);
	if (ret < 0)
		device_dumps_free(dumps);
	return ret;
}

void device_dumps_free(struct device_dumps *dumps)
{
	free(dumps->list);
	*dumps = (struct device_dumps){ 0 };
}

/* A dump on its way. */
struct job {
	const struct device_dump *dump;
	const struct vmcore *core;
	const struct object *object;
	struct compress compress;
	struct digest *digest; /* of the dump, not of the object */
	unsigned char *piece;
	uint64_t pos; /* in the dump */
};

static int job_init(struct job *job, struct object *object)
{
	int ret;

	job->digest = digest_new();
	job->piece = malloc(DEVICE_DUMP_PIECE_LEN);
	ret = compress_init(&job->compress, job->dump->size, object_sink,
			    object);
	if (!job->digest || !job->piece)
		ret = -ENOMEM;
	return ret;
}

static void job_free(struct job *job)
{
	digest_free(job->digest);
	free(job->piece);
	compress_free(&job->compress);
}

/* 0 or -errno of the system. */
static int read_piece(struct job *job, size_t len)
{
	return vmcore_try_read(job->core, job->dump->off + job->pos, job->piece,
			       len);
}

static int send_piece(struct job *job, size_t len)
{
	digest_update(job->digest, job->piece, len);
	job->pos += len;
	return compress_write(&job->compress, job->piece, len);
}

/* The pages of a piece up to the one that cannot be read; its error. */
static int send_readable(struct job *job, int *unreadable)
{
	uint64_t left = job->dump->size - job->pos;
	int ret = 0;

	*unreadable = 0;
	while (left && !ret && !*unreadable) {
		size_t len = vmcore_page_part(job->dump->off + job->pos, left);

		*unreadable = read_piece(job, len);
		if (!*unreadable)
			ret = send_piece(job, len);
		left -= len;
	}
	return ret;
}

static int send_all(struct job *job, int *unreadable)
{
	uint64_t left;
	int ret = 0;

	*unreadable = 0;
	while (job->pos < job->dump->size && !ret && !*unreadable) {
		if (object_enough(job->object)) {
			*unreadable = -ECANCELED;
			break;
		}
		left = job->dump->size - job->pos;
		if (left > DEVICE_DUMP_PIECE_LEN)
			left = DEVICE_DUMP_PIECE_LEN;
		if (read_piece(job, (size_t)left) == 0)
			ret = send_piece(job, (size_t)left);
		else
			ret = send_readable(job, unreadable);
	}
	if (ret < 0 || *unreadable)
		return ret;
	return compress_end(&job->compress);
}

int device_dump_write(const struct device_dump *dump, const struct vmcore *core,
		      struct object *object, struct device_dump_content *ret)
{
	struct job job = { .dump = dump, .core = core, .object = object };
	uint8_t sum[DIGEST_LEN];
	int err, unreadable = 0;

	err = job_init(&job, object);
	if (!err)
		err = send_all(&job, &unreadable);
	if (!err && unreadable) {
		log_err("%s: read at %" PRIu64 " of %" PRIu64 " bytes: %s",
			dump->object, job.pos, dump->size,
			strerror(-unreadable));
		/* Nothing at all is no object. */
		if (job.pos)
			err = compress_cut(&job.compress);
		if (!err)
			err = unreadable;
	} else if (err < 0 && !object->err) {
		log_err("%s: compress: %s", dump->object, strerror(-err));
	}
	*ret = (struct device_dump_content){ .size = job.pos };
	if (job.digest) {
		digest_final(job.digest, sum);
		digest_hex(sum, ret->sha256);
	}
	job_free(&job);
	return err;
}
