/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages that are sent before all others, so that a dump that breaks off
 * can be opened and tells of the crash: the kernel's image (text, data, and
 * with it most of what is static), its page tables, the stacks that the CPUs
 * were on, and the log where it is not in the image.
 *
 * Their places in the file are what they would be otherwise; what is kept
 * here is what their descriptors need when it is their turn in the table.
 *
 * crash and drgn begin with these: page tables, the image, mem_section, and
 * the per-CPU areas with the tasks that were running, as far as the kernel
 * tells where those are.
 */
#ifndef CAPTURE_EARLY_H
#define CAPTURE_EARLY_H

#include <stddef.h>
#include <stdint.h>

#include "capture/arch.h"
#include "capture/memory.h"

/*
 * 80 MiB of pages of 4 KiB: an image is 40-60 MiB, a CPU 0.25 MiB.  They cost
 * 480 KiB of memory.
 */
#define EARLY_PAGES_MAX 20480

struct early_page {
	uint64_t pfn;
	uint64_t rank; /* among the pages of the dump; EARLY_LEFT_OUT */
	uint32_t len; /* as in struct encoded_page */
	uint8_t flags;
	uint8_t state;
};

#define EARLY_LEFT_OUT UINT64_MAX

struct early {
	struct early_page *pages; /* ascending */
	size_t n;
	size_t room;
};

/*
 * Finds them.  Info may be empty: then there is little to find.  What cannot
 * be found is left out; nothing is logged, and no memory means no pages.
 */
void early_find(struct early *early, const struct memory *memory,
		const struct vmcoreinfo *info);
void early_free(struct early *early);

/*
 * Tells the ranks of those in a window of bitmap 2 that begins at a frame,
 * whose first page has this rank.  Windows come in ascending order; *next
 * starts as 0 and is the function's.
 */
void early_ranks(struct early *early, size_t *next, uint64_t pfn,
		 const uint8_t *bits, uint64_t n_bits, uint64_t rank);

#endif
