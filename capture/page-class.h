/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page is, by its struct page: the layout and the flags of the crashed
 * kernel, as VMCOREINFO tells them, and the scan of struct pages that lie one
 * behind the other.  The order of the tests is that of makedumpfile
 * (__exclude_unnecessary_pages()), so a page is what makedumpfile takes it
 * for at that level; a struct page that no kernel would make says nothing.
 *
 * Kernels differ (include/linux/page-flags.h, mm_types.h):
 *   page types	_mapcount with a bit cleared for each type up to 6.11, a value
 *		in its upper byte with data below it since 6.12
 *   slab	PG_slab up to 6.9, a page type since
 *   hugetlb	the destructor of page 1 up to 6.5, PG_hugetlb of page 1 up to
 *		6.8, a page type of page 0 since
 *   order of a compound page	a byte of page 1 up to 6.5, the low byte of
 *		its flags since
 *   tail pages	bit 0 of compound_head, compound_info in 7.1
 */
#ifndef CAPTURE_PAGE_CLASS_H
#define CAPTURE_PAGE_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/filter.h"
#include "capture/vmcoreinfo.h"

#define PAGE_KEY_LEN 48
/* A struct page and the one behind it: 64 bytes each as a rule. */
#define PAGE_STRUCT_MAX 512

struct page_layout {
	/* Of struct page: its length and offsets of fields. */
	uint32_t len;
	uint32_t flags;
	uint32_t mapping;
	uint32_t mapcount;
	uint32_t refcount;
	uint32_t private;
	uint32_t compound;
	/* Of the page behind the head: one byte each. */
	uint32_t order;
	uint32_t hugetlb;
	uint8_t hugetlb_mask;
	uint8_t hugetlb_value;
	/* Bits of the flags; 0 for one that the kernel does not have. */
	uint64_t lru;
	uint64_t private_bit;
	uint64_t swap; /* PG_swapcache and PG_swapbacked: both */
	uint64_t head;
	uint64_t slab;
	uint64_t hwpoison;
	/* _mapcount & type_mask is one of these; more than 32 bits: none. */
	uint32_t type_mask;
	uint64_t type_buddy;
	uint64_t type_unaccepted;
	uint64_t type_slab;
	uint64_t type_hugetlb;
	uint64_t type_offline;
	unsigned int n_orders; /* of the buddy allocator */
	unsigned int level; /* FILTER_ */
};

/*
 * Not logged: -ENODATA or -EBADMSG for a key that must be there and is not,
 * or says nonsense; it is in key.
 */
int page_layout_init(struct page_layout *layout, const struct vmcoreinfo *info,
		     unsigned int level, char key[static PAGE_KEY_LEN]);

/* The struct page of any frame, copied; false when it cannot be read. */
typedef bool (*page_peek)(void *arg, uint64_t pfn, void *page);

struct page_scan {
	struct page_layout layout;
	page_peek peek; /* for compound pages that end elsewhere */
	void *arg;
	uint8_t *bits; /* of a window: cleared for what is left out */
	uint64_t start; /* frames of the window */
	uint64_t end;
	uint64_t left_out[PAGE_CLASSES];
	/* A page that goes on behind the window: its frames up to this one. */
	uint64_t pending_end;
	enum page_class pending;
};

/* A window's bits; what was pending is left out of them first. */
void page_scan_window(struct page_scan *scan, uint8_t *bits, uint64_t start,
		      uint64_t end);

/*
 * Looks at the n struct pages of the frames from pfn on, which are in the
 * window and in the vmcore.  Returns the frame to go on with: pfn + n, or one
 * behind it when a compound or free page reaches there.
 */
uint64_t page_scan(struct page_scan *scan, const unsigned char *pages,
		   uint64_t pfn, uint64_t n);

#endif
