/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object on its way to a target, with the digest of its content.
 *
 * It begins at the target with its first byte, so that nothing is left there
 * of an object that could not be made.  An error of the target sticks in err,
 * which tells it from an error of the source.
 *
 * A file that is not made from its first byte to its last has no digest of the
 * whole without being read again.  It is divided into parts, each of which is
 * made in order, and each part has a digest.
 */
#ifndef CAPTURE_OBJECT_H
#define CAPTURE_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "netstream/digest.h"
#include "netstream/target.h"

#define OBJECT_PARTS_MAX 8
/* What is written at most before object_enough() is asked again. */
#define OBJECT_ROOM_MARGIN (4U << 20)

struct object_part {
	uint64_t off; /* where it begins in the object */
	uint64_t size; /* of it; before object_end(), what has been digested */
	uint64_t settled; /* bytes of it that the target knows to be final */
	struct digest *digest; /* until object_end() */
	char sha256[DIGEST_HEX_LEN];
};

struct object {
	struct target *target;
	const char *name; /* borrowed */
	enum object_layout layout;
	struct digest *digest; /* NULL: target_config.no_digest */
	struct object_part *parts; /* NULL: digested as a whole */
	size_t n_parts;
	bool begun;
	uint64_t settled; /* without parts: bytes known to be final */
	uint64_t size; /* bytes digested so far; with parts, end of the last */
	uint64_t start_ms;
	uint64_t head, max; /* for target_expect() */
	int err; /* what the target said */
	bool (*enough)(void *arg); /* NULL: it is never cut short */
	void *enough_arg;
};

/* What is known of an object at its end. */
struct object_result {
	const char *name;
	enum object_layout layout;
	uint64_t size;
	uint64_t ms;
	char sha256[DIGEST_HEX_LEN]; /* "" with parts, or without digests */
	struct object_part *parts; /* on the heap, for manifest_add() */
	size_t n_parts;
};

int object_init(struct object *object, struct target *target, const char *name,
		enum object_layout layout);
void object_free(struct object *object);

/* The next bytes of an OBJECT_STREAM; fits dmesg_sink, json_sink, kmsg_sink. */
int object_sink(void *object, const void *buf, size_t len);

/* OBJECT_RECORDS: content in order, all of it, and the part that is sent. */
void object_digest(struct object *object, const void *buf, size_t len);
int object_record(struct object *object, uint64_t off, const void *buf,
		  size_t len);

/*
 * OBJECT_RECORDS, before the first record: divides the object into n parts, the
 * first from offset 0, each up to the next, the last up to the end.  From then
 * on object_record() digests, and object_digest() must not be used.  Within a
 * part, records ascend (-EINVAL, logged, for one that does not), and what is
 * between them is digested as zeros.  A record may reach over several parts.
 * 0, -EINVAL for offsets that do not ascend from 0, -ENOMEM (logged).
 */
int object_parts(struct object *object, const uint64_t *offsets, size_t n);

/*
 * One more part, once it is known where: behind all that has been digested.
 * The last one so far ends there.  -EINVAL, -ENOMEM (logged).
 */
int object_part_add(struct object *object, uint64_t off);

/*
 * The two halves of object_record() in an object of parts, for records that
 * are sent before it is their turn to be digested.  Where that would be too
 * early for the target they are sent when they are digested.
 */
int object_digest_at(struct object *object, uint64_t off, const void *buf,
		     size_t len);
int object_send(struct object *object, uint64_t off, const void *buf,
		size_t len);

/*
 * Has the object to end as it is?  Writers ask between two pieces, end it so
 * that what there is can be read, and return -ECANCELED.
 */
bool object_enough(const struct object *object);

/*
 * All records of the part up to this offset have come, though zeros at the end
 * have none.  0, or the target's error.
 */
int object_reached(struct object *object, uint64_t off);

/* What target_expect() is told as soon as the object has begun. */
int object_expect(struct object *object, uint64_t head, uint64_t max);

int object_end(struct object *object, struct object_result *ret);

#endif
