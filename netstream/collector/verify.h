/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcollectd verify: is what lies in a store what was sent?  Sizes and digests
 * of the objects are in the session's manifest.json.
 */
#ifndef COLLECTOR_VERIFY_H
#define COLLECTOR_VERIFY_H

#include <stdio.h>

struct verify_total {
	unsigned int n_bad; /* objects, or manifests that are none */
	unsigned int
		n_incomplete; /* sessions: without a manifest, or partial */
};

/*
 * What is NULL for all sessions, "CLIENT", or "CLIENT/SESSION".  Prints a line
 * for each object, or for each part of it that is damaged.  Logs the reason of
 * a failure: -ENOENT when there is no such thing, -ENOMEM.
 */
int verify_store(const char *dir, const char *what, FILE *out,
		 struct verify_total *total);

#endif
