/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the crashed kernel's physical memory is in the vmcore: the PT_LOADs
 * as ranges of page frames, sorted, each frame once.
 *
 * Segments may begin or end in the middle of a page, as BIOS memory maps do:
 * a frame counts when the last byte of its page is in the file, which is the
 * rule of makedumpfile's bitmaps (create_bitmap_from_memhole()).  What such a
 * page lacks is zeros.  The kernel text's frames are in the file twice; one
 * of the two is taken.
 */
#ifndef CAPTURE_MEMORY_H
#define CAPTURE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/window.h"

/* Of a physical address, on x86_64 and arm64. */
#define MEMORY_PADDR_BITS 52
/* The offset of a frame that no segment has all of. */
#define MEMORY_PIECES UINT64_MAX

struct memory_range {
	uint64_t pfn; /* the first one */
	uint64_t end; /* behind the last one */
	uint64_t off; /* of the first one in the vmcore, or MEMORY_PIECES */
};

struct memory {
	struct vmcore *core;
	unsigned int page_shift;
	uint64_t max_pfn; /* behind the last frame: max_mapnr of makedumpfile */
	uint64_t n_pages;
	struct memory_range *ranges; /* ascending, none overlap */
	size_t n_ranges;
};

/*
 * Core is borrowed.  page_shift is that of the crashed kernel: 12, 14 or 16.
 * 0, or -ENOMEM or -EBADMSG (an address beyond MEMORY_PADDR_BITS), logged.
 */
int memory_init(struct memory *memory, struct vmcore *core,
		unsigned int page_shift);
void memory_free(struct memory *memory);

/* The range that has the frame or the first one behind it; NULL: none. */
const struct memory_range *memory_find(const struct memory *memory,
				       uint64_t pfn);

/* Is the frame in the file? */
bool memory_has(const struct memory *memory, uint64_t pfn);

/*
 * A bit for each of n frames (a multiple of 8, as is pfn), least significant
 * bit first, set when the frame is in the file: bitmap 1 of the kdump format.
 */
void memory_bits(const struct memory *memory, uint64_t pfn, uint64_t n,
		 uint8_t *bits);

/*
 * len bytes at a physical address, of one frame or of several.  Not logged:
 * -EFAULT where there is none, or -errno of reading.
 */
int memory_read(const struct memory *memory, uint64_t phys, void *buf,
		size_t len);

/*
 * A reader of whole pages, one per thread: windows of the vmcore are mapped
 * as it goes, and read where they cannot be mapped.  Ascending frames cost
 * least.
 */
struct memory_reader {
	const struct memory *memory;
	struct window window;
	const struct memory_range *range; /* that the last frame was in */
	const unsigned char *bytes; /* what the window has: len at off */
	uint64_t off;
	size_t len;
	unsigned char *page; /* for one that is not in one piece there */
};

/* -ENOMEM, logged. */
int memory_reader_init(struct memory_reader *reader,
		       const struct memory *memory);
void memory_reader_close(struct memory_reader *reader);

/*
 * *ret is the page of the frame, good until the next call.  ahead is how many
 * frames from this one on will be asked for, 1 at least: they may be read at
 * once.  -EFAULT: it is not in the file; else -errno of reading, not logged.
 */
int memory_page(struct memory_reader *reader, uint64_t pfn, size_t ahead,
		const void **ret);

#endif
