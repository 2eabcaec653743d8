/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.json, the last object of a session: what arrived, with digests,
 * and what it cost.  Its presence means that nothing more will come: that the
 * session is complete, or partial, as its result says.  The schema is documented
 * in netstream(5).
 */
#ifndef CAPTURE_MANIFEST_H
#define CAPTURE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/delivery.h"
#include "capture/elf.h"
#include "capture/kdump-writer.h"
#include "capture/object.h"
#include "capture/session.h"

#define MANIFEST_SCHEMA_VERSION 1
/* Objects of a session besides its device dumps. */
#define MANIFEST_OTHERS_MAX 8

/* An object that has arrived; what is said of a device dump more than that. */
struct manifest_object {
	struct object_result result;
	const struct device_dump *dump; /* NULL: something else */
	struct device_dump_content content;
};

struct manifest_missing {
	const char *name;
	int err;
};

struct manifest {
	const struct session *session;
	struct manifest_object *objects;
	size_t n_objects;
	struct manifest_missing *missing;
	size_t n_missing;
	size_t room; /* of both tables */
	const struct delivery *deliveries; /* of all targets, borrowed */
	size_t n_deliveries;
	const struct delivery *delivery; /* the one of this target */
	int partial; /* -ETIMEDOUT, -EFBIG of the store, or of the vmcore */
	enum dump_format format;
	struct elf_figures elf; /* of one of the two */
	struct kdump_figures kdump;
	uint64_t start_ms; /* on the clock of now_ms() */
	uint64_t vmcore_start_ms; /* first byte of it read */
	uint64_t vmcore_end_ms; /* last byte of it acknowledged */
	uint64_t mem_available_min_kb;
};

/* -ENOMEM: no tables (logged). */
int manifest_init(struct manifest *manifest, const struct session *session,
		  uint64_t start_ms);
void manifest_free(struct manifest *manifest);

/* Takes a sample of the memory that is left. */
void manifest_sample(struct manifest *manifest);

/*
 * Names and dumps are borrowed, the result's parts are taken over.  Dump and
 * content are NULL, or say what of a device dump is in the object.  More than
 * the tables hold are dropped.
 */
void manifest_add(struct manifest *manifest, const struct object_result *result,
		  const struct device_dump *dump,
		  const struct device_dump_content *content);
void manifest_missing(struct manifest *manifest, const char *name, int err);

/* Has its object arrived, or can it not be made? */
bool manifest_has(const struct manifest *manifest, const char *name);

/* manifest.json.  0 or -errno; the target's error is in object->err. */
int manifest_write(const struct manifest *manifest, struct object *object);

#endif
