/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of a chunk goes into one request.  All of it, until something on the
 * way does not take bodies of that size: it says so (413), or cuts the
 * connection each time and keeps nothing.  Then half, down to TARGET_CHUNK_MIN.
 *
 * A size that was refused is never tried again.  Cuts may have had another
 * reason: when many bodies have gone through, twice the size is tried once.
 */
#ifndef NETSTREAM_BODY_H
#define NETSTREAM_BODY_H

#include <stdbool.h>
#include <stddef.h>

struct body {
	size_t max; /* for the next request */
	size_t ceiling; /* max does not grow beyond */
	unsigned int taken; /* bodies in a row */
	unsigned int cuts; /* in a row */
	bool grown; /* the next cut says that it was too much */
};

void body_init(struct body *body, size_t chunk_size);

/* A body of that length has arrived. */
void body_taken(struct body *body);

/* The answer was 413; -EFBIG when there is nothing smaller to try. */
int body_refused(struct body *body, size_t len);

/* The connection has broken, and nothing of the body was kept. */
void body_cut(struct body *body, size_t len);

#endif
