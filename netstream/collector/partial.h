/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a session whose client has vanished, so that what did arrive can
 * be used: the vmcore becomes a dump that says that it is incomplete
 * (vmcore-head.h), and manifest.json says what is there and what is not.
 *
 * Whatever step a crash comes after, doing it again ends in the same.  The
 * caller holds the session (hold.h).
 */
#ifndef COLLECTOR_PARTIAL_H
#define COLLECTOR_PARTIAL_H

#include <stdint.h>

#include "netstream/collector/store.h"

enum partial_end {
	PARTIAL_ENDED, /* it is a partial session now */
	PARTIAL_COMPLETE, /* all had arrived: it is a complete one */
	PARTIAL_REMOVED, /* not a byte had arrived */
};

struct partial {
	enum partial_end end;
	unsigned int n_missing; /* objects that are not there, or end early */
	struct store_total total; /* of the objects that are */
};

/* Client is the directory that the session is in.  Logs the reason. */
int partial_end(int client, const struct object_name *name,
		struct partial *partial);

#endif
