/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends a whole session to one target, object by object: what is worth most
 * goes first.
 */
#ifndef CAPTURE_SEND_H
#define CAPTURE_SEND_H

#include <stdint.h>

#include "capture/config.h"
#include "capture/session.h"
#include "capture/status.h"
#include "netstream/target.h"

/*
 * 0 when the manifest has arrived, else -errno (logged), and *part is what
 * failed: after PART_TARGET another target may do better.  The vmcore's log
 * and each device dump may fail alone, then the manifest says so.
 */
int send_session(struct session *session, const struct config *config,
		 const char *url, const struct target_config *target_config,
		 uint64_t start_ms, enum part *part);

#endif
