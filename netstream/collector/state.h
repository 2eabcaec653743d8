/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is needed to go on with an upload at the offset that was acknowledged,
 * kept in the hidden file ".OBJECT.upload".
 *
 * The file has two slots, each in a block of its own, that are written in
 * turn: a write that is torn by a crash loses only the newer one.  Both are
 * allocated from the start, so that a full disk cannot stop an update.
 */
#ifndef COLLECTOR_STATE_H
#define COLLECTOR_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "netstream/flat.h"

#define STATE_LEN 256
/* Of the Upload-Metadata that is given back; ours has about 400 bytes. */
#define STATE_METADATA_MAX 1024

enum layout { LAYOUT_STREAM, LAYOUT_FLAT };

struct state {
	uint64_t seq;
	uint32_t layout; /* enum layout */
	bool length_known;
	uint64_t length;
	uint64_t offset; /* of the stream: what has been acknowledged */
	uint64_t created; /* seconds since 1970 */
	struct flat_reader reader;
};

/* 0 or -ENOMEM. */
int state_encode(const struct state *state, uint8_t buf[static STATE_LEN]);
/* -EBADMSG for anything that state_encode() does not make. */
int state_decode(struct state *state, const uint8_t buf[static STATE_LEN]);

/* Fills a new file: 0 when it is durable. */
int state_create(int fd, struct state *state);
/* What the client said of the upload, once, before state_create(). */
int state_put_metadata(int fd, const char *text);
/* "" if there is none; -errno if it cannot be read. */
int state_get_metadata(int fd, char text[static STATE_METADATA_MAX + 1]);
/* The newest slot that is whole, or -EBADMSG. */
int state_load(int fd, struct state *state);
/* Advances seq; 0 when it is durable.  On failure the old state holds. */
int state_save(int fd, struct state *state);

static inline bool state_finished(const struct state *state)
{
	return state->length_known && state->offset == state->length;
}

#endif
