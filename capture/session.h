/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: one crash, with the name that it has at every target, and
 * session.json, which goes first and says who crashed, when, and what is to
 * come.  The schema is documented in netstream(5).
 */
#ifndef CAPTURE_SESSION_H
#define CAPTURE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/config.h"
#include "capture/device-dumps.h"
#include "capture/drivers.h"
#include "capture/filter.h"
#include "capture/memory.h"
#include "capture/object.h"
#include "capture/plan.h"
#include "capture/utsname.h"
#include "capture/vmcore.h"
#include "capture/vmcoreinfo.h"

#define SESSION_SCHEMA_VERSION 1
#define SESSION_WHY_LEN 80
/* "20261122T063301Z-0123abcd" */
#define SESSION_ID_LEN 25

/* What the filter has left out of an ELF vmcore. */
struct session_filter {
	bool done; /* the plan is without it */
	struct filter_stats stats;
	char why[SESSION_WHY_LEN]; /* filter_why(); "" when it could tell */
};

struct session {
	char id[SESSION_ID_LEN + 1];
	struct vmcore core;
	struct device_dumps dumps;
	struct plan plan; /* of an ELF vmcore; of the notes in any case */
	struct session_filter filter;
	struct drivers drivers; /* none unless live */
	struct vmcoreinfo info; /* empty when there is none */
	struct memory memory; /* no ranges: ELF is all that can be made */
	struct vmcore_utsname uts;
	const char *host; /* borrowed or in uts; NULL: not known */
	uint64_t crash_time; /* seconds since 1970; 0: not known */
	bool live; /* reads /proc/vmcore of this very kernel */
	bool clock_set;
};

/*
 * Opens the vmcore and reads all of its notes' headers, so that a malformed
 * one is found before anything is sent.  Path is borrowed.  Logs; errors are
 * those of vmcore_open().
 */
int session_open(struct session *session, const char *path);
void session_close(struct session *session);

/* Leaves pages out of the plan, once.  0 or -ENOMEM, logged. */
int session_filter(struct session *session, unsigned int level);

/* When the clock is right: the id.  The host is for want of a better one. */
void session_name(struct session *session, const char *host);

/* For tests: the id of a time and a number. */
void session_format_id(char id[static SESSION_ID_LEN + 1], uint64_t time,
		       uint32_t number);

/* Bytes of memory in the vmcore; the kernel text is there twice. */
uint64_t session_memory(const struct vmcore *core);

/*
 * session.json, with what the object vmcore is to be.  0 or -errno; the
 * target's error is in object->err.
 */
int session_write(const struct session *session, enum dump_format format,
		  struct object *object);

#endif
