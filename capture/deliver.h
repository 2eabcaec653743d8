/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gets a session to one of several targets: they are tried in their order, in
 * rounds, until one has all of it or the deadline is over.
 *
 * A try may last its share of what is left, which is the time until the
 * deadline divided by the targets that are still to be tried in this round.
 * So the last one of a round has all of it, and so has the only one.  A target
 * that has refused for good is not tried again.
 */
#ifndef CAPTURE_DELIVER_H
#define CAPTURE_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/config.h"
#include "capture/delivery.h"
#include "capture/session.h"
#include "capture/status.h"

/* Between two rounds, twice as long each time. */
#define DELIVER_PAUSE_MS 2000
#define DELIVER_PAUSE_MAX_MS 30000

/* Time to end a partial session in: a part of all there is, within limits. */
#define DELIVER_MARGIN_PART 10
#define DELIVER_MARGIN_MIN_MS 5000
#define DELIVER_MARGIN_MAX_MS 60000
/* ... but never more than this part: the minimum is for longer deadlines. */
#define DELIVER_MARGIN_PART_MAX 4

struct deliver_try {
	uint64_t end_ms; /* on the clock of now_ms() */
	bool last; /* it ends with the deadline: no other comes after it */
	bool only; /* all other targets have refused for good */
};

/* What a test has a clock of its own for. */
struct deliver_ops {
	uint64_t (*now)(void *arg);
	void (*sleep)(void *arg, uint64_t ms);
	/* As send_session(). */
	int (*send)(void *arg, struct delivery *delivery,
		    const struct deliver_try *how, enum part *part);
};

struct deliver {
	struct delivery list[CONFIG_TARGETS_MAX];
	size_t n;
	uint64_t deadline_ms; /* on the clock of now() */
	uint64_t margin_ms;
};

/* Targets in their order; URLs are borrowed. */
void deliver_init(struct deliver *deliver, char *const *urls, size_t n,
		  uint64_t now, uint64_t deadline_ms);

/*
 * What send() has returned last: not negative when a target has the session.
 * It ends with an error of the vmcore too, which no target can help.
 */
int deliver_rounds(struct deliver *deliver, const struct deliver_ops *ops,
		   void *arg, enum part *part);

/*
 * Delivers a session, with all messages.  The status to exit with.  Progress
 * is a file that says that a target is alive, or NULL.
 */
int deliver_session(struct session *session, const struct config *config,
		    const char *progress, uint64_t start_ms);

#endif
