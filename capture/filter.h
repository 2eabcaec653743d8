/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages go into the dump: bitmap 2 of the kdump format, made from the
 * crashed kernel's struct pages, a window at a time in ascending order.
 *
 * Levels are those of makedumpfile -d.  What cannot be read or classified is
 * kept: a filter never fails because of what is in the vmcore, it says what
 * it could not do.  Zero pages (level bit 1) are the encoder's: they stay in
 * the bitmap.  Every pass over the windows gives the same bits, unless the
 * memory itself has changed.
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/arch.h"
#include "capture/memory.h"
#include "capture/vmcoreinfo.h"

/* Bits of a level (makedumpfile(8), option -d). */
#define FILTER_ZERO 1
#define FILTER_CACHE 2 /* page cache without private data */
#define FILTER_CACHE_PRIVATE 4 /* page cache with and without */
#define FILTER_USER 8 /* anonymous and hugetlb pages */
#define FILTER_FREE 16
#define FILTER_LEVEL_MAX 31

/* A window: 128 MiB of pages of 4 KiB, as one section of x86_64. */
#define FILTER_WINDOW_PAGES (1U << 15)
#define FILTER_WINDOW_LEN (FILTER_WINDOW_PAGES / 8)

/* What a page is; all but the first are left out when the level says so. */
enum page_class {
	PAGE_KEPT, /* the kernel's, or not known */
	PAGE_FREE,
	PAGE_CACHE,
	PAGE_CACHE_PRIVATE,
	PAGE_USER,
	PAGE_HWPOISON, /* left out at any level but 0, */
	PAGE_OFFLINE, /* at 1 by kernels with PG_hwpoison only */
	PAGE_CLASSES
};

/* "free", "cache", ... for the manifest. */
extern const char *const page_class_names[PAGE_CLASSES];

struct filter_stats {
	/* Pages of the memory by what was done: left out, or kept. */
	uint64_t pages[PAGE_CLASSES];
	/* Of those kept, the ones that could not be classified one by one: */
	uint64_t no_section; /* no memory map says anything about them */
	uint64_t unreadable; /* their struct pages cannot be read */
	uint64_t first_unreadable; /* pfn of the first one of these */
};

struct filter; /* opaque: filter.c */

/*
 * Memory and info are borrowed.  Level 0 looks at nothing.  -ENOMEM is the
 * only error (logged); a vmcore whose pages cannot be classified gives a
 * filter that keeps all of them, logged once and told by filter_why().
 */
int filter_new(struct filter **ret, const struct memory *memory,
	       const struct vmcoreinfo *info, unsigned int level);
void filter_free(struct filter *filter);

/*
 * Why nothing is classified, e.g. "no OFFSET(page.flags) in vmcoreinfo";
 * NULL when pages are.
 */
const char *filter_why(const struct filter *filter);

/* Windows go from frame 0 to max_pfn of the memory. */
uint64_t filter_n_windows(const struct filter *filter);

/* Back to the first window; the counts start again. */
void filter_rewind(struct filter *filter);

/*
 * The next window: the bit of each frame that is to be kept, least
 * significant bit first.  False behind the last one.
 */
bool filter_next(struct filter *filter, uint8_t bits[static FILTER_WINDOW_LEN]);

/* How many frames of a window are to be kept. */
uint32_t filter_count(const uint8_t bits[static FILTER_WINDOW_LEN]);

/* Of the windows since the last rewind. */
const struct filter_stats *filter_stats(const struct filter *filter);

#endif
