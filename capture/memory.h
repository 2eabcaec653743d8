/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the crashed kernel's physical memory is in the vmcore: the PT_LOADs
 * as ranges of page frames, sorted, each frame once.
 *
 * A frame counts when all of its page is in the file: the kernel's segments
 * may begin or end in the middle of a page (BIOS memory maps do), and
 * makedumpfile leaves those pages out of its bitmaps too.  The kernel text's
 * frames are in the file twice; one of the two is taken.
 */
#ifndef CAPTURE_MEMORY_H
#define CAPTURE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/vmcore.h"

/* 52 bits of physical address (x86_64 and arm64) in pages of 4 KiB. */
#define MEMORY_PFN_BITS 40

struct memory_range {
	uint64_t pfn; /* the first one */
	uint64_t end; /* behind the last one */
	uint64_t off; /* of the first one in the vmcore */
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
 * 0, or -ENOMEM or -EBADMSG (an address beyond MEMORY_PFN_BITS), logged.
 */
int memory_init(struct memory *memory, struct vmcore *core,
		unsigned int page_shift);
void memory_free(struct memory *memory);

/* The range that has the frame or the first one behind it; NULL: none. */
const struct memory_range *memory_find(const struct memory *memory,
				       uint64_t pfn);

/*
 * A bit for each of n frames (a multiple of 8, as is pfn), least significant
 * bit first, set when the frame is in the file: bitmap 1 of the kdump format.
 */
void memory_bits(const struct memory *memory, uint64_t pfn, uint64_t n,
		 uint8_t *bits);

/*
 * len bytes at a physical address, which need not be of a whole frame.  Not
 * logged: -EFAULT where there is no memory, or -errno of reading.
 */
int memory_read(const struct memory *memory, uint64_t phys, void *buf,
		size_t len);

/*
 * A reader of whole pages, one per thread: windows of the vmcore are mapped
 * as it goes, and read where they cannot be mapped.
 */
struct memory_reader {
	const struct memory *memory;
	struct window window;
	const struct memory_range *range; /* that the last frame was in */
	unsigned char *page; /* for one that two windows share */
};

/* -ENOMEM, logged. */
int memory_reader_init(struct memory_reader *reader,
		       const struct memory *memory);
void memory_reader_close(struct memory_reader *reader);

/*
 * *ret is the page of the frame, good until the next call.  -EFAULT: it is
 * not in the file; else -errno of reading, not logged.
 */
int memory_page(struct memory_reader *reader, uint64_t pfn, const void **ret);

#endif
