/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends a whole session to one target, object by object: what is worth most
 * goes first.
 */
#ifndef CAPTURE_SEND_H
#define CAPTURE_SEND_H

#include <stdint.h>

#include "capture/config.h"
#include "capture/delivery.h"
#include "capture/manifest.h"
#include "capture/session.h"
#include "capture/status.h"
#include "netstream/target.h"

/* All of it is the caller's and stays from try to try. */
struct sending {
	struct session *session;
	const struct config *config;
	struct delivery *delivery; /* stats and unfinished are written here */
	struct manifest *manifest; /* what this target has already, and gets */
	/*
	 * When the vmcore has to be at its end, on the clock of now_ms(), since
	 * no try comes after this one; 0: others may do better.
	 */
	uint64_t partial_ms;
};

/*
 * 0 when the manifest has arrived, else -errno (logged), and *part is what
 * failed: after PART_TARGET another target may do better, or the same one
 * later, which gets what it does not have yet.  The vmcore's log and each
 * device dump may fail alone, then the manifest says so.
 *
 * When the vmcore cannot be read to its end, or there is no time or no room for
 * all of it, it is ended as it is.  What is small follows, and manifest->partial
 * says why; *part is PART_VMCORE when it is the vmcore's fault.
 */
int send_session(const struct sending *sending,
		 const struct target_config *target_config, enum part *part);

#endif
