/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a vmcore in the kdump-compressed format, in one pass over its pages
 * and in bounded memory.  Records go out in this order:
 *
 *	sub-header and notes, bitmaps	(a pass over the struct pages)
 *	page of zeros
 *	early pages, with their descriptors as they come
 *	all other pages, likewise	(a second pass over the struct pages,
 *					when there are too many to keep bits)
 *	header
 *
 * So an unfinished file never looks finished, and is a dump of what has
 * arrived as soon as somebody writes the header to it that
 * kdump_incomplete_header() has made: what is missing is marked as missing,
 * because descriptors that have not been written are zeros.
 */
#ifndef CAPTURE_KDUMP_WRITER_H
#define CAPTURE_KDUMP_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/adapt.h"
#include "capture/filter.h"
#include "capture/kdump.h"
#include "capture/object.h"
#include "capture/session.h"

/*
 * Bits that the first pass over the struct pages keeps, so that there need not
 * be a second one: those of 16 GiB of memory in pages of 4 KiB.
 */
#define KDUMP_KEPT_BITS_MAX (512U << 10)

struct kdump_options {
	unsigned int level; /* of the filter */
	bool adaptive; /* choose codecs on the way */
	struct codec_choice choice; /* unless adaptive */
	unsigned int n_threads;
	size_t kept_bits; /* bytes, at most; 0: always a second pass */
};

/* What a codec has done. */
struct kdump_share {
	struct codec_choice choice;
	uint64_t pages;
	uint64_t source_len, stored_len; /* bytes */
	uint64_t ns;
};

#define KDUMP_SHARES ADAPT_CODECS

struct kdump_figures {
	struct filter_stats filter;
	char why[80]; /* filter_why(); "" when pages were classified */
	uint64_t pages; /* in the memory */
	uint64_t kept; /* in the dump, those below included */
	uint64_t zero;
	uint64_t early;
	uint64_t unreadable; /* missing in the dump */
	uint64_t unreadable_notes; /* bytes of device dumps, zeros instead */
	uint64_t changed; /* missing: struct pages changed while read */
	uint64_t raw; /* stored as they are: no gain */
	bool incomplete; /* it ends early, and its header says so */
	uint64_t not_sent; /* missing: those behind its early end */
	struct kdump_share shares[KDUMP_SHARES];
	size_t n_shares;
	unsigned int n_threads;
};

/* Called from time to time, with the frame that is reached. */
typedef void (*kdump_progress)(void *arg, uint64_t pfn);

/*
 * 0, -EFBIG, -ENOMEM or -EIO from the vmcore (logged), -ECANCELED for
 * object_enough(), or the target's error, which is in object->err then.  Unless
 * it is that, what has begun gets its header, marked incomplete, and may be
 * ended: ret->incomplete.
 */
int kdump_write(const struct session *session,
		const struct kdump_options *options, struct object *object,
		kdump_progress progress, void *arg, struct kdump_figures *ret);

#endif
