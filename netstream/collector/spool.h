/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of one request, kept in a file without a name beside the object
 * until it is known to be whole and right.  What it does to the object is
 * tried out as it arrives, so that a bad body never touches the object.
 */
#ifndef COLLECTOR_SPOOL_H
#define COLLECTOR_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netstream/collector/state.h"
#include "netstream/digest.h"

struct spool {
	int fd;
	uint64_t len;
	struct digest *digest; /* NULL: nobody asks for it */
	struct state trial; /* as the upload's would be after the body */
	uint64_t limit; /* no object may be larger */
};

/* The state is that of the upload as it is now.  0 or -errno. */
int spool_open(struct spool *spool, int dir, const struct state *state,
	       uint64_t limit, bool digest);

/* -EBADMSG: malformed; -EFBIG: the object would get too large; -errno. */
int spool_write(struct spool *spool, const void *buf, size_t len);

void spool_close(struct spool *spool);

#endif
