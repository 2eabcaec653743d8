/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object on its way into the store.  Nothing is kept in memory between
 * requests: an upload is opened from its files for each of them, by one
 * request at a time (hold.h).
 *
 * The order that makes a crash harmless: bytes into OBJECT.incomplete, sync,
 * then the state, sync, then the answer.  Bytes that were written but not
 * acknowledged are sent again and land in the same places.
 */
#ifndef COLLECTOR_UPLOAD_H
#define COLLECTOR_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "netstream/collector/spool.h"
#include "netstream/collector/state.h"
#include "netstream/collector/store.h"

struct upload {
	int dir; /* that holds the object; borrowed */
	int fd; /* OBJECT.incomplete, -1 when complete */
	int state_fd; /* -1 when complete and forgotten */
	bool complete;
	uint64_t size; /* of the object, when complete */
	struct state state;
	char leaf[NAME_LEN_MAX + 1];
};

/*
 * -ENOENT: no such upload.  -ESTALE: it was given its name as it was, with its
 * session, and takes no more.  An upload whose last step was cut off by a
 * crash is finished here.
 */
int upload_open(struct upload *upload, int dir, const char *leaf);

/*
 * Metadata, what the client said of the upload, is kept beside its state.
 * Takes over an upload that exists with the same layout and length.
 * -EEXIST: the object is complete, or something else has its name.
 */
int upload_create(struct upload *upload, int dir, const char *leaf,
		  enum layout layout, const uint64_t *length,
		  const char *metadata);

void upload_close(struct upload *upload);

/*
 * The spooled bytes go into the object, then the state is saved; with length,
 * it becomes that of the upload.  Finishes the object when that was the last
 * byte.  On failure the upload is where it was.
 */
int upload_apply(struct upload *upload, const struct spool *spool,
		 const uint64_t *length);

/*
 * Gives what there is the object's name, for good; its bytes are synced by
 * the caller.  From then on it is stale for its client.
 */
int upload_keep(struct upload *upload);

/* Removes an upload that is not complete: 0 or -errno. */
int upload_remove(struct upload *upload);

#endif
