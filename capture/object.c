// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/object.h"
#include "netstream/io.h"
#include "netstream/log.h"

static int no_memory(const char *name)
{
	log_err("%s: %s", name, strerror(ENOMEM));
	return -ENOMEM;
}

int object_init(struct object *object, struct target *target, const char *name,
		enum object_layout layout)
{
	*object = (struct object){
		.target = target,
		.name = name,
		.layout = layout,
		.start_ms = now_ms(),
	};
	if (target->config->no_digest)
		return 0;
	object->digest = digest_new();
	return object->digest ? 0 : no_memory(name);
}

void object_free(struct object *object)
{
	digest_free(object->digest);
	object->digest = NULL;
	for (size_t i = 0; i < object->n_parts; i++)
		digest_free(object->parts[i].digest);
	free(object->parts);
	object->parts = NULL;
	object->n_parts = 0;
}

static int add_part(struct object *object, uint64_t off)
{
	struct object_part *part = &object->parts[object->n_parts++];

	part->off = off;
	if (!object->digest)
		return 0;
	part->digest = digest_new();
	return part->digest ? 0 : no_memory(object->name);
}

int object_parts(struct object *object, const uint64_t *offsets, size_t n)
{
	if (!n || n > OBJECT_PARTS_MAX || offsets[0] || object->begun ||
	    object->parts)
		return -EINVAL;
	for (size_t i = 1; i < n; i++)
		if (offsets[i] <= offsets[i - 1])
			return -EINVAL;
	object->parts = calloc(OBJECT_PARTS_MAX, sizeof(*object->parts));
	if (!object->parts)
		return no_memory(object->name);
	for (size_t i = 0; i < n; i++) {
		int ret = add_part(object, offsets[i]);

		if (ret < 0)
			return ret;
	}
	return 0;
}

int object_part_add(struct object *object, uint64_t off)
{
	const struct object_part *last;

	if (!object->n_parts || object->n_parts == OBJECT_PARTS_MAX)
		return -EINVAL;
	last = &object->parts[object->n_parts - 1];
	if (off <= last->off || off < last->off + last->size)
		return -EINVAL;
	return add_part(object, off);
}

static int begin(struct object *object)
{
	if (object->err || object->begun)
		return object->err;
	object->err =
		target_begin(object->target, object->name, object->layout);
	object->begun = !object->err;
	return object->begun ? object_expect(object, object->head, object->max)
			     : object->err;
}

void object_digest(struct object *object, const void *buf, size_t len)
{
	if (object->digest)
		digest_update(object->digest, buf, len);
	object->size += len;
}

/* Zeros up to the offset in the object. */
static void digest_gap(struct object_part *part, uint64_t off)
{
	static const uint8_t zeros[4096];

	while (part->off + part->size < off) {
		uint64_t left = off - part->off - part->size;
		size_t n = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);

		digest_update(part->digest, zeros, n);
		part->size += n;
	}
}

/* Where the part ends, which the last one does nowhere yet. */
static uint64_t part_end(const struct object *object, size_t i)
{
	return i + 1 < object->n_parts ? object->parts[i + 1].off : UINT64_MAX;
}

static int digest_record(struct object *object, uint64_t off,
			 const uint8_t *buf, size_t len)
{
	size_t i = 0;

	if (len > UINT64_MAX - off)
		return -EINVAL;
	for (; len; i++) {
		struct object_part *part = &object->parts[i];
		uint64_t room = part_end(object, i);
		size_t n;

		if (off >= room)
			continue;
		if (off < part->off + part->size)
			return -EINVAL;
		room -= off;
		n = room < len ? (size_t)room : len;
		if (part->digest) {
			digest_gap(part, off);
			digest_update(part->digest, buf, n);
		}
		part->size = off + n - part->off;
		buf += n;
		off += n;
		len -= n;
	}
	if (off > object->size)
		object->size = off;
	return 0;
}

/* Tells the target once of all bytes from *done on, which end at an offset. */
static int settle(struct object *object, uint64_t start, uint64_t *done,
		  uint64_t end)
{
	uint64_t from = start + *done;

	if (!object->begun || object->err || end <= from)
		return object->err;
	*done = end - start;
	object->err = target_settled(object->target, from, end - from);
	return object->err;
}

int object_reached(struct object *object, uint64_t off)
{
	if (!object->n_parts)
		return settle(object, 0, &object->settled, off);
	for (size_t i = 0; i < object->n_parts; i++) {
		struct object_part *part = &object->parts[i];

		if (part->off < off && off <= part_end(object, i))
			return settle(object, part->off, &part->settled, off);
	}
	return object->err;
}

static int send_now(struct object *object, uint64_t off, const void *buf,
		    size_t len)
{
	int ret = begin(object);

	if (!ret)
		ret = target_write(object->target, off, buf, len);
	object->err = ret;
	return ret;
}

/* Are records sent when they are digested, and not before? */
static bool in_order(const struct object *object)
{
	return object->n_parts && object->target->ops->in_order;
}

/* A record may end one part, fill others and begin the next. */
static int send_in_order(struct object *object, uint64_t off, const void *buf,
			 size_t len)
{
	int ret = send_now(object, off, buf, len);

	for (size_t i = 0; i < object->n_parts && !ret; i++)
		if (part_end(object, i) > off &&
		    part_end(object, i) < off + len)
			ret = object_reached(object, part_end(object, i));
	return ret ? ret : object_reached(object, off + len);
}

int object_digest_at(struct object *object, uint64_t off, const void *buf,
		     size_t len)
{
	if (digest_record(object, off, buf, len) < 0) {
		log_err("%s: %zu bytes at %" PRIu64 " come too late",
			object->name, len, off);
		return -EINVAL;
	}
	return in_order(object) ? send_in_order(object, off, buf, len) : 0;
}

int object_send(struct object *object, uint64_t off, const void *buf,
		size_t len)
{
	return in_order(object) ? object->err : send_now(object, off, buf, len);
}

int object_record(struct object *object, uint64_t off, const void *buf,
		  size_t len)
{
	int ret = 0;

	if (object->n_parts)
		ret = object_digest_at(object, off, buf, len);
	return ret ? ret : object_send(object, off, buf, len);
}

int object_expect(struct object *object, uint64_t head, uint64_t max)
{
	object->head = head;
	object->max = max;
	if (object->begun && !object->err)
		object->err = target_expect(object->target, head, max);
	return object->err;
}

int object_sink(void *arg, const void *buf, size_t len)
{
	struct object *object = arg;
	int ret;

	ret = object_record(object, object->size, buf, len);
	if (!ret)
		object_digest(object, buf, len);
	return ret;
}

bool object_enough(const struct object *object)
{
	if (object->begun &&
	    object->size + OBJECT_ROOM_MARGIN >= object->target->room)
		return true;
	return object->enough && object->enough(object->enough_arg);
}

/* Each part up to its end; those that begin beyond the object's are none. */
static void end_parts(struct object *object, struct object_result *ret)
{
	while (object->parts[object->n_parts - 1].off >= object->size &&
	       object->n_parts > 1)
		digest_free(object->parts[--object->n_parts].digest);
	for (size_t i = 0; i < object->n_parts; i++) {
		struct object_part *part = &object->parts[i];
		uint64_t end = part_end(object, i);
		uint8_t sum[DIGEST_LEN];

		digest_gap(part, end < object->size ? end : object->size);
		digest_final(part->digest, sum);
		digest_hex(sum, part->sha256);
		digest_free(part->digest);
		part->digest = NULL;
	}
	ret->parts = object->parts;
	ret->n_parts = object->n_parts;
	object->parts = NULL;
	object->n_parts = 0;
}

int object_end(struct object *object, struct object_result *ret)
{
	uint8_t sum[DIGEST_LEN];
	int err = begin(object);

	if (!err)
		err = target_end(object->target, object->size);
	object->err = err;
	if (err < 0)
		return err;
	*ret = (struct object_result){
		.name = object->name,
		.layout = object->layout,
		.size = object->size,
		.ms = now_ms() - object->start_ms,
	};
	if (!object->digest)
		return 0;
	if (object->n_parts) {
		end_parts(object, ret);
		return 0;
	}
	digest_final(object->digest, sum);
	digest_hex(sum, ret->sha256);
	return 0;
}
