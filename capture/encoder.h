/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages in, compressed pages out, in the same order whatever the number of
 * threads: batches of pages are handed out one after the other, compressed
 * side by side, and given back one after the other.
 *
 *	next()		fills a batch with frames; called in order, by one
 *			thread at a time
 *	(compress)	by each thread for itself
 *	done()		takes the batch; called in order, by one thread at a
 *			time
 *
 * next() and done() may run at the same time.  With one thread, done() is the
 * caller's, which does nothing else: so pages are compressed while the network
 * is waited for.  With several, each gives what it has compressed when its
 * turn comes: no other has to be woken up, and the bytes are in its CPU's
 * cache.  Where one waits for the network, the caller's thread compresses in
 * its place.
 */
#ifndef CAPTURE_ENCODER_H
#define CAPTURE_ENCODER_H

#include <stdint.h>

#include "capture/memory.h"
#include "capture/page-codec.h"

#define ENCODER_THREADS_MAX 64
/* Source bytes of a batch; at least a page of 64 KiB fits. */
#define ENCODER_BATCH_LEN (512U << 10)
#define ENCODER_BATCH_PAGES (ENCODER_BATCH_LEN / VMCORE_PAGE_LEN)
/* Batches on their way, for each thread: one in work, one that waits. */
#define ENCODER_BATCHES 2

/* What a thread costs: its batches, a window, the codec's tables. */
#define ENCODER_THREAD_MEMORY (2U << 20)

enum page_state {
	PAGE_STORED, /* in data, as flags and len say */
	PAGE_ZERO, /* nothing but zeros: nothing in data */
	PAGE_UNREADABLE, /* nothing in data */
	PAGE_SKIPPED, /* set by next(): not to be read */
};

struct encoded_page {
	uint64_t pfn;
	uint32_t len;
	uint32_t flags; /* of page_desc */
	enum page_state state;
};

struct encoder_batch {
	struct codec_choice choice; /* set by next() */
	size_t n; /* set by next(): pages in it; at most max */
	size_t max;
	struct encoded_page pages[ENCODER_BATCH_PAGES];
	unsigned char *data; /* the stored pages, one behind the other */
	size_t data_len;
	uint64_t source_len; /* bytes of the pages that were stored */
	uint64_t ns; /* of CPU time that compressing took */
};

struct encoder_ops {
	/* Batch->n stays 0 at the end.  0 or -errno. */
	int (*next)(void *arg, struct encoder_batch *batch);
	int (*done)(void *arg, const struct encoder_batch *batch);
};

struct encoder; /* opaque: encoder.c */

/*
 * Memory is borrowed.  With memory for one thread it goes on with that; when
 * none can be started, the caller's does everything.  -ENOMEM, logged.
 */
int encoder_new(struct encoder **ret, const struct memory *memory,
		unsigned int n_threads);
void encoder_free(struct encoder *encoder);

/*
 * From the first batch to the last, until next() has no more.  Returns the
 * first error of next(), done() or the codecs (these are logged).
 */
int encoder_run(struct encoder *encoder, const struct encoder_ops *ops,
		void *arg);

/* Threads that it works with, and bytes that were read, not mapped. */
unsigned int encoder_n_threads(const struct encoder *encoder);
uint64_t encoder_bounced(const struct encoder *encoder);

#endif
