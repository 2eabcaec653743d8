/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.json, the last object of a session: what arrived, with digests,
 * and what it cost.  Its presence means that the session is complete.  The
 * schema is documented in netstream(5).
 */
#ifndef CAPTURE_MANIFEST_H
#define CAPTURE_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "capture/object.h"

#define MANIFEST_SCHEMA_VERSION 1
#define MANIFEST_OBJECTS_MAX 8

struct manifest {
	struct object_result objects[MANIFEST_OBJECTS_MAX];
	size_t n_objects;
	struct {
		const char *name;
		int err;
	} missing[MANIFEST_OBJECTS_MAX];
	size_t n_missing;
	uint64_t zero_bytes; /* of the vmcore, not sent */
	uint64_t start_ms; /* on the clock of now_ms() */
	uint64_t vmcore_start_ms; /* first byte of it read */
	uint64_t vmcore_end_ms; /* last byte of it acknowledged */
	uint64_t mem_available_min_kb;
};

void manifest_init(struct manifest *manifest, uint64_t start_ms);

/* Takes a sample of the memory that is left. */
void manifest_sample(struct manifest *manifest);

/* Names are borrowed.  More than the table holds are dropped. */
void manifest_add(struct manifest *manifest,
		  const struct object_result *result);
void manifest_missing(struct manifest *manifest, const char *name, int err);

/* manifest.json.  0 or -errno; the target's error is in object->err. */
int manifest_write(const struct manifest *manifest, const char *session,
		   struct object *object);

#endif
