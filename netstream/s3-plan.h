/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an object is cut into the parts of a multipart upload.
 *
 *	|1 |2 |3 |4 |5    |6    |7    |8 ...
 *	|  head     | rest
 *
 * A store takes a limited number of parts, and each but the last has at least
 * S3_PART_MIN bytes.  The head of a vmcore is made in several places at once,
 * what is behind it in one: so parts of the head are as short as can be, and
 * those behind it as long as the largest object that it may become needs,
 * and as memory allows.
 */
#ifndef NETSTREAM_S3_PLAN_H
#define NETSTREAM_S3_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "s3.h"

/* Lengths of parts are multiples of this. */
#define S3_PART_STEP (64U << 10)
/* Head parts that fill at the same time: first, boundary, two bitmaps. */
#define S3_HEAD_OPEN 3

struct s3_plan {
	uint64_t max_parts; /* of the store */
	uint64_t head_len; /* of each part of the head */
	uint64_t head_end; /* where the other parts begin */
	uint64_t data_len; /* of each of these */
};

/* Of an object of which nothing is known: all is head. */
void s3_plan_init(struct s3_plan *plan, uint64_t max_parts);

/* Before the first byte: the head has at most so many bytes. */
void s3_plan_head(struct s3_plan *plan, uint64_t head);

/*
 * Before the first byte behind the head: the object has at most max bytes,
 * head of them in the head.  Budget is the memory for all parts.  False when
 * an object of that size does not fit, as parts have to be shorter then.
 */
bool s3_plan_data(struct s3_plan *plan, uint64_t head, uint64_t max,
		  uint64_t budget);

/* The number of the part, from 1, that a byte is in. */
uint64_t s3_plan_part(const struct s3_plan *plan, uint64_t off);
/* Where a part begins. */
uint64_t s3_plan_off(const struct s3_plan *plan, uint64_t part);
/* How large the object can get. */
uint64_t s3_plan_room(const struct s3_plan *plan);

#endif
