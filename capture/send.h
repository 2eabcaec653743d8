/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends a whole session to one target, object by object: what is worth most
 * goes first.
 */
#ifndef CAPTURE_SEND_H
#define CAPTURE_SEND_H

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
};

/*
 * 0 when the manifest has arrived, else -errno (logged), and *part is what
 * failed: after PART_TARGET another target may do better, or the same one
 * later, which gets what it does not have yet.  The vmcore's log and each
 * device dump may fail alone, then the manifest says so.
 */
int send_session(const struct sending *sending,
		 const struct target_config *target_config, enum part *part);

#endif
