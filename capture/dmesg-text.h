/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between dmesg.c and the two log layouts: records become lines.
 */
#ifndef CAPTURE_DMESG_TEXT_H
#define CAPTURE_DMESG_TEXT_H

#include <stdbool.h>

#include "dmesg.h"

#define DMESG_OUT_LEN 4096
/* A log with more holes than that is given up. */
#define DMESG_UNREADABLE_MAX 4096

struct dmesg_text {
	struct vmcore *core;
	const struct vmcoreinfo *info;
	dmesg_sink sink;
	void *arg;
	bool sink_failed;
	uint64_t n_unreadable; /* records whose text no PT_LOAD has */
	int indent; /* width of "[    0.123456] " */
	size_t used;
	char out[DMESG_OUT_LEN];
};

/* Counts a record that no PT_LOAD has: 0, or -EFAULT when they are too many. */
int dmesg_unreadable(struct dmesg_text *text);

/*
 * One record: len bytes of text at a virtual address.  One that cannot be
 * read is counted and left out.  -EIO, or what the sink returned.
 */
int dmesg_text_record(struct dmesg_text *text, uint64_t ts_nsec, uint64_t addr,
		      size_t len);

/* Integers of the crashed kernel, by virtual address. */
int dmesg_read_u32(struct dmesg_text *text, uint64_t addr, uint32_t *ret);
int dmesg_read_u64(struct dmesg_text *text, uint64_t addr, uint64_t *ret);

/*
 * Where fields are, said by vmcoreinfo: "OFFSET(x)" or "SIZE(x)" goes to the
 * uint64_t at byte at of *layout.  A list ends with a key of NULL.
 */
struct dmesg_key {
	enum { KEY_OFFSET, KEY_SIZE } kind;
	const char *name;
	size_t at;
};

/* Larger structs are not believed; so sums of a few cannot wrap. */
#define DMESG_STRUCT_MAX 1024

/* -ENODATA without a key, -EBADMSG for a value above DMESG_STRUCT_MAX. */
int dmesg_layout(const struct vmcoreinfo *info, const struct dmesg_key *keys,
		 void *layout);

/* The layouts; errors as for dmesg_write(), not logged. */
int dmesg_ring(struct dmesg_text *text);
int dmesg_record(struct dmesg_text *text);
int dmesg_ring_ranges(struct dmesg_text *text, dmesg_range range, void *arg);
int dmesg_record_ranges(struct dmesg_text *text, dmesg_range range, void *arg);

#endif
