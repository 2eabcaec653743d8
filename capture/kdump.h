/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kdump-compressed format, version 6, as makedumpfile writes it and
 * crash, drgn (libkdumpfile) and makedumpfile read it (makedumpfile's
 * diskdump_mod.h, crash's diskdump.h).  Blocks are pages of the crashed
 * kernel, numbers are little-endian as on both machines that we know.
 *
 *	block 0			struct kdump_header
 *	block 1			struct kdump_sub_header, then PT_NOTE as it is
 *	then			bitmap 1: a bit for each frame that exists
 *	then			bitmap 2: a bit for each frame in the dump
 *	then			struct page_desc for each bit of bitmap 2
 *	then			a page of zeros, shared by all zero pages
 *	then			the other pages, each compressed by itself
 *
 * The file is sent in another order: what is needed to open it first, the
 * header last, see kdump-writer.h.  A descriptor whose offset is 0 is a page
 * that is not there.
 */
#ifndef CAPTURE_KDUMP_H
#define CAPTURE_KDUMP_H

#include <stdint.h>

#include "capture/memory.h"
#include "capture/plan.h"
#include "capture/utsname.h"

#define KDUMP_SIGNATURE "KDUMP   "
#define KDUMP_VERSION 6

/* header.status */
#define KDUMP_INCOMPLETE 8

struct kdump_header {
	char signature[8];
	uint32_t header_version;
	struct vmcore_utsname utsname; /* machine tells the architecture */
	char padding[6];
	uint64_t time_seconds; /* struct timeval */
	uint64_t time_microseconds;
	uint32_t status;
	uint32_t block_len;
	uint32_t sub_header_blocks; /* with the notes */
	uint32_t bitmap_blocks; /* of both bitmaps */
	uint32_t max_mapnr; /* at most UINT32_MAX; see max_mapnr_64 */
	uint32_t unused[4]; /* 0, as makedumpfile leaves them */
	uint32_t n_cpus;
};

struct kdump_sub_header {
	int64_t phys_base;
	uint32_t dump_level;
	uint32_t split; /* 0: one file */
	uint64_t start_pfn, end_pfn; /* of a split dump */
	uint64_t vmcoreinfo_off; /* of its text; 0: there is none */
	uint64_t vmcoreinfo_len;
	uint64_t notes_off;
	uint64_t notes_len;
	uint64_t eraseinfo_off;
	uint64_t eraseinfo_len;
	uint64_t start_pfn_64, end_pfn_64; /* of a split dump */
	uint64_t max_mapnr_64;
};

struct page_desc {
	uint64_t off; /* in the file; 0: the page is missing */
	uint32_t len; /* of the compressed page */
	uint32_t flags; /* PAGE_RAW, PAGE_LZO, ... */
	uint64_t page_flags; /* 0 */
};

_Static_assert(sizeof(struct kdump_header) == 464, "layout of the file");
_Static_assert(sizeof(struct kdump_sub_header) == 104, "layout of the file");
_Static_assert(sizeof(struct page_desc) == 24, "layout of the file");

/* Where everything is; offsets and lengths in bytes. */
struct kdump_layout {
	uint64_t block_len;
	uint64_t max_pfn;
	uint64_t sub_header_off; /* block 1 */
	uint64_t notes_off;
	uint64_t notes_len;
	uint64_t bitmap_off[2];
	uint64_t bitmap_len; /* of each, whole blocks */
	uint64_t desc_off;
	/* Known when the pages are counted: kdump_layout_pages(). */
	uint64_t n_pages;
	uint64_t zero_off; /* the shared page of zeros */
	uint64_t data_off;
};

/*
 * Bitmaps cover all addresses up to the last page: 2 x 4 GiB of holes at 128
 * TiB.  What is beyond is a damaged header rather than memory.
 */
#define KDUMP_PADDR_BITS 47

/* 0 or -EFBIG, logged: more notes than the header can say, or such a page. */
int kdump_layout(struct kdump_layout *layout, const struct memory *memory,
		 const struct plan *plan);
void kdump_layout_pages(struct kdump_layout *layout, uint64_t n_pages);

#endif
