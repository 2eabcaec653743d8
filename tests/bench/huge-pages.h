/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Struct pages for a machine that never was: the layout and flags of Linux
 * 6.1 on x86_64 (include/linux/mm_types.h, page-flags.h), as its VMCOREINFO
 * says them.
 */
#ifndef TESTS_BENCH_HUGE_PAGES_H
#define TESTS_BENCH_HUGE_PAGES_H

#include <stdint.h>

struct huge_page {
	uint64_t flags;
	uint64_t compound_head; /* or lru.next */
	uint8_t compound_dtor; /* these two in the page behind the head */
	uint8_t compound_order;
	uint8_t unused[6];
	uint64_t mapping;
	uint64_t index;
	uint64_t private;
	int32_t mapcount;
	int32_t refcount;
	uint64_t memcg;
};

_Static_assert(sizeof(struct huge_page) == 64, "SIZE(page)");

#define HUGE_PG_LRU 4
#define HUGE_PG_SLAB 9
#define HUGE_PG_SWAPCACHE 10
#define HUGE_PG_PRIVATE 13
#define HUGE_PG_HEAD 16
#define HUGE_PG_SWAPBACKED 19
#define HUGE_BUDDY_MAPCOUNT (-129)
#define HUGE_OFFLINE_MAPCOUNT (-257)
#define HUGE_HUGETLB_DTOR 2
#define HUGE_MAX_ORDER 11

/* One PMD of the vmemmap: 2 MiB of struct pages, a section of 128 MiB. */
#define HUGE_BLOCK_PAGES 32768U

/*
 * The struct pages of block number n, at virtual address virt of the vmemmap.
 * Blocks differ in what is in use, as the parts of a machine's memory do: of
 * 20, five are free, seven page cache, four anonymous, one hugetlb, and three
 * have everything in small pieces.  Only the last have pages that no level
 * leaves out, HUGE_KEPT each.
 */
#define HUGE_KEPT 8
void huge_block(struct huge_page *pages, uint64_t n, uint64_t virt);

/* Pages of the kernel, then free ones. */
void huge_kernel_block(struct huge_page *pages, uint64_t n_kernel);

#endif
