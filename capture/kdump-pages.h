/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages of a kdump file: which ones, in what order, and where each of
 * them and its descriptor go.  Bitmaps first, then the early pages, then the
 * others; kdump-writer.c calls them in this order.
 */
#ifndef CAPTURE_KDUMP_PAGES_H
#define CAPTURE_KDUMP_PAGES_H

#include "capture/early.h"
#include "capture/encoder.h"
#include "capture/kdump-writer.h"

/* What the first pass saw of a window, so that the second sees a change. */
struct kdump_window {
	uint64_t pfn;
	uint32_t n_pages;
	uint32_t hash;
};

/* Where a pass over the windows is. */
struct kdump_cursor {
	uint64_t next_pfn; /* of the first page of the next one */
	uint64_t pfn; /* ... and of the current one */
	size_t window; /* number of the next one that has memory */
	uint64_t pos; /* next bit to look at */
	uint64_t n_missing; /* pages to go of a window that has changed */
	uint64_t rank; /* of the next page */
	size_t early; /* next one of these */
	uint8_t bits[FILTER_WINDOW_LEN];
};

struct kdump_pages {
	const struct session *session;
	const struct kdump_options *options;
	struct object *object;
	struct filter *filter;
	struct kdump_layout layout;
	struct kdump_window *windows; /* of those that have memory */
	size_t n_windows;
	size_t windows_room;
	uint8_t *bits; /* of each window; NULL: there will be a second pass */
	struct early early;
	struct encoder *encoder;
	struct adapt adapt;
	kdump_progress progress;
	void *arg;
	struct kdump_figures *figures;

	struct kdump_cursor cursor; /* of next() */
	bool early_sent; /* all of the early pages */
	/* Of done(): */
	uint64_t rank;
	uint64_t data_pos; /* where the next page goes */
	size_t early_done; /* early pages whose turn has come */
	uint64_t early_pos; /* where the next one of these is */
	uint64_t acked; /* by the target, as far as adapt knows */
	struct page_desc descs[ENCODER_BATCH_PAGES];
};

/* All of the options and of the filter is borrowed.  -ENOMEM, -EFBIG. */
int kdump_pages_init(struct kdump_pages *pages, const struct session *session,
		     const struct kdump_options *options, struct object *object,
		     struct kdump_figures *figures);
void kdump_pages_free(struct kdump_pages *pages);

/* For the two passes to compare a window's bits by. */
uint32_t kdump_window_hash(const uint8_t bits[static FILTER_WINDOW_LEN]);
/* Has the window that begins at a frame any page? */
bool kdump_window_used(const struct kdump_pages *pages, uint64_t pfn);

/* Both bitmaps; after this the layout is known to the last byte. */
int kdump_pages_bitmaps(struct kdump_pages *pages);
/* The page of zeros, the early pages, all others. */
int kdump_pages_write(struct kdump_pages *pages);
/*
 * For a file that ends early, wherever one of these two has stopped: bitmaps
 * up to their end, and the digest of all descriptors that have been sent.
 */
int kdump_pages_end_early(struct kdump_pages *pages);

#endif
