/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of one target of a session, from try to try: the manifest of
 * the target that gets the session says it of all of them.
 */
#ifndef CAPTURE_DELIVERY_H
#define CAPTURE_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "netstream/target.h"

#define DELIVERY_NAME_MAX 256

struct delivery {
	const char *url; /* borrowed */
	char name[DELIVERY_NAME_MAX]; /* the URL without what may be secret */
	unsigned int tries;
	int err; /* what ended the last try; 0: nothing */
	bool refused; /* for good: it is not tried again */
	uint64_t ms; /* that its tries took, */
	uint64_t try_ms; /* ... and when the last one began */
	struct target_stats stats; /* of all its tries */
	const char *unfinished; /* object that has begun there; NULL: none */
};

#endif
