/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bad link does with Ethernet frames: no devices and no clock here, so
 * that it can be tested.  Times are microseconds on one clock of the caller's.
 *
 * Each side's frames stay in order, in a queue of fixed size; what does not fit
 * is lost, as at any router.
 */
#ifndef TESTS_NET_LINK_H
#define TESTS_NET_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_FRAME_MAX 2048
#define LINK_FRAMES_MAX 4096 /* in the queue of a side */
#define LINK_BACKLOG_US 200000 /* a shaped line holds at most so much */
#define LINK_COMMANDS                                                 \
	"down [SECONDS] | up | cut BYTES SECONDS | loss PERCENT | "   \
	"delay MS [JITTER-MS] | rate BITS-A-SECOND | mtu IP-BYTES | " \
	"mute a|b|none | seed N"

enum link_side {
	LINK_A,
	LINK_B,
};

struct link_frame {
	uint64_t due_us;
	size_t len;
	uint8_t bytes[LINK_FRAME_MAX];
};

/* Frames that came from one side. */
struct link_queue {
	struct link_frame *frames; /* LINK_FRAMES_MAX, a ring */
	unsigned int first, n;
	uint64_t line_us; /* when a shaped line has sent them all */
	uint64_t last_due_us;
};

struct link_stats {
	uint64_t bytes; /* forwarded or still in a queue */
	uint64_t lost; /* frames: by "loss", */
	uint64_t down; /* while down or mute, */
	uint64_t too_long; /* longer than "mtu", */
	uint64_t full; /* without room in the queue */
};

struct link {
	/* The faults; 0 and LINK_NO_SIDE: none. */
	bool down;
	uint64_t up_us; /* when "down" ends by itself; 0 = it does not */
	uint64_t cut_bytes; /* of side a, still to come before "down" */
	uint64_t cut_us;
	uint64_t loss_permille;
	uint64_t delay_us, jitter_us;
	uint64_t rate; /* bit/s */
	uint64_t mtu;
	bool mute[2];

	uint32_t seed;
	struct link_queue queue[2];
	struct link_stats stats;
};

/* -ENOMEM.  Takes the memory of both queues; the process is its owner. */
int link_init(struct link *link);

/* One of LINK_COMMANDS; -EINVAL. */
int link_command(struct link *link, const char *line, uint64_t now_us);

/* A frame that has arrived from a side: it waits its turn or is lost. */
void link_take(struct link *link, enum link_side from, const void *bytes,
	       size_t len, uint64_t now_us);

/* The frame from a side whose time has come, NULL when there is none. */
const struct link_frame *link_due(const struct link *link, enum link_side from,
				  uint64_t now_us);

/* link_due()'s frame has left. */
void link_sent(struct link *link, enum link_side from);

/* Brings the link back when it is time: true when it has. */
bool link_returns(struct link *link, uint64_t now_us);

/* Until the next of these things; UINT64_MAX: nothing to wait for. */
uint64_t link_wait_us(const struct link *link, uint64_t now_us);

#endif
