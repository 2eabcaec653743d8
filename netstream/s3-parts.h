/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of an object on their way: bytes come in any order and are kept
 * until all of a part are there, then it is sent, by several connections at a
 * time when memory allows, and again until the store has acknowledged it.
 */
#ifndef NETSTREAM_S3_PARTS_H
#define NETSTREAM_S3_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "s3-link.h"
#include "s3-plan.h"

/* Those that fill (S3_HEAD_OPEN and one behind the head), those on their way. */
#define S3_PARTS_OPEN (S3_HEAD_OPEN + 1 + S3_CONNECTIONS)

struct s3_part {
	uint64_t number; /* from 1; 0: not in use */
	uint64_t off, len;
	uint64_t settled; /* bytes of it that are final */
	uint8_t *buf; /* of room bytes */
	uint64_t room;
	size_t reached; /* bytes that have been sent */
	bool full; /* to be sent */
	bool sending;
	uint64_t not_before_ms; /* of the next try */
};

struct s3_parts {
	struct s3_link *link;
	struct s3_plan plan;
	struct s3_part open[S3_PARTS_OPEN];
	uint64_t budget; /* bytes for all buffers */
	uint64_t mapped; /* bytes of them */
	char **etags; /* of acknowledged parts, by number - 1 */
	uint64_t etags_room;
	uint64_t last; /* highest number so far */
	char url[S3_URL_MAX]; /* of the object */
	char id[S3_ID_MAX]; /* of the upload; "": not begun */
};

/* Forgets the object before, and knows nothing of this one. */
void s3_parts_reset(struct s3_parts *parts);

/*
 * All return 0 or a final -errno, logged.  Bytes of a part that has been sent
 * already are -EINVAL.
 */
int s3_parts_write(struct s3_parts *parts, uint64_t off, const void *buf,
		   size_t len);
/* Each byte is told of once; what has not been written is zeros. */
int s3_parts_settled(struct s3_parts *parts, uint64_t off, uint64_t len);
/* Bytes that are still to be sent when the object ends here. */
uint64_t s3_parts_held(const struct s3_parts *parts);
/* Sends all that is there and waits until it is acknowledged. */
int s3_parts_finish(struct s3_parts *parts, uint64_t size);

/* The body of the only part, when it is all of the object; else NULL. */
const struct s3_part *s3_parts_only(const struct s3_parts *parts,
				    uint64_t size);

#endif
