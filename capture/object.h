/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object on its way to a target, with the digest of its content.
 *
 * It begins at the target with its first byte, so that nothing is left there
 * of an object that could not be made.  An error of the target sticks in err,
 * which tells it from an error of the source.
 */
#ifndef CAPTURE_OBJECT_H
#define CAPTURE_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "netstream/digest.h"
#include "netstream/target.h"

struct object {
	struct target *target;
	const char *name; /* borrowed */
	enum object_layout layout;
	struct digest *digest;
	bool begun;
	uint64_t size; /* bytes digested so far */
	uint64_t start_ms;
	int err; /* what the target said */
};

/* What is known of an object at its end. */
struct object_result {
	const char *name;
	enum object_layout layout;
	uint64_t size;
	uint64_t ms;
	char sha256[DIGEST_HEX_LEN];
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

int object_end(struct object *object, struct object_result *ret);

#endif
