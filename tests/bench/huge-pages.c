// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/huge-pages.h"

#include <stdbool.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1ULL << (n))

/* Node 0, zone Normal, and what the CPU last said; PG_uptodate, referenced. */
#define FLAGS_FREE 0x0017ffffc0000000ULL
#define FLAGS_USED (FLAGS_FREE | BIT(2) | BIT(1))
#define TAIL_MAPPING 0xdead000000000400ULL
#define SOME_OBJECT 0xffff888100000000ULL

struct block {
	struct huge_page *pages;
	uint64_t virt;
	uint64_t random;
};

enum use {
	USE_FREE,
	USE_CACHE,
	USE_CACHE_PRIVATE,
	USE_ANON,
	USE_SWAPCACHE,
	USE_HUGETLB,
	USE_KERNEL,
	USE_SLAB,
};

static const struct {
	uint64_t flags;
	uint64_t anon; /* bit of mapping */
	bool mapped; /* has an object */
	bool compound;
} uses[] = {
	[USE_CACHE] = { BIT(HUGE_PG_LRU), 0, true, true },
	[USE_CACHE_PRIVATE] = { BIT(HUGE_PG_LRU) | BIT(HUGE_PG_PRIVATE), 0,
				true, true },
	[USE_ANON] = { BIT(HUGE_PG_LRU) | BIT(HUGE_PG_SWAPBACKED), 1, true,
		       true },
	[USE_SWAPCACHE] = { BIT(HUGE_PG_LRU) | BIT(HUGE_PG_SWAPBACKED) |
				    BIT(HUGE_PG_SWAPCACHE),
			    1, true, false },
	[USE_HUGETLB] = { 0, 0, true, true },
	[USE_KERNEL] = { 0, 0, false, false },
	[USE_SLAB] = { BIT(HUGE_PG_SLAB), 0, false, true },
};

static uint64_t next_random(struct block *block)
{
	block->random ^= block->random << 13;
	block->random ^= block->random >> 7;
	block->random ^= block->random << 17;
	return block->random;
}

static void set_free(struct block *block, unsigned int at, unsigned int order)
{
	for (unsigned int i = 0; i < 1U << order; i++) {
		struct huge_page *page = &block->pages[at + i];

		memset(page, 0, sizeof(*page));
		page->flags = FLAGS_FREE;
		page->mapcount = i ? -1 : HUGE_BUDDY_MAPCOUNT;
		page->private = i ? 0 : order;
	}
}

static void set_used(struct block *block, unsigned int at, unsigned int order,
		     enum use use)
{
	struct huge_page *head = &block->pages[at];
	uint64_t object = SOME_OBJECT + (next_random(block) & 0xffffffc0);

	memset(head, 0, sizeof(*head));
	head->flags = FLAGS_USED | uses[use].flags;
	head->compound_head = SOME_OBJECT + (next_random(block) & 0xffffffc0);
	if (uses[use].mapped)
		head->mapping = object | uses[use].anon;
	if (use == USE_CACHE_PRIVATE)
		head->private = object + 0x1000;
	head->index = at;
	head->mapcount = uses[use].anon ? 0 : -1;
	head->refcount = 2;
	if (!order)
		return;
	head->flags |= BIT(HUGE_PG_HEAD);
	for (unsigned int i = 1; i < 1U << order; i++) {
		memset(head + i, 0, sizeof(*head));
		head[i].flags = FLAGS_FREE;
		head[i].compound_head = (block->virt + at * sizeof(*head)) | 1;
		head[i].mapping = TAIL_MAPPING;
		head[i].mapcount = -1;
	}
	/* Destructors: 1 compound page, 2 hugetlb, 3 THP (mm.h). */
	head[1].compound_dtor = use == USE_HUGETLB ? HUGE_HUGETLB_DTOR
				: use == USE_ANON  ? 3
						   : 1;
	head[1].compound_order = order;
}

static void set(struct block *block, unsigned int at, unsigned int order,
		enum use use)
{
	if (use == USE_FREE)
		set_free(block, at, order);
	else if (uses[use].compound)
		set_used(block, at, order, use);
	else
		for (unsigned int i = 0; i < 1U << order; i++)
			set_used(block, at + i, 0, use);
}

/* All pages of the block in pieces of up to max_order, of one use. */
static void fill(struct block *block, enum use use, unsigned int max_order)
{
	for (unsigned int at = 0; at < HUGE_BLOCK_PAGES; at += 1U << max_order)
		set(block, at, max_order, use);
}

/* Pieces of all sizes and uses, as after weeks. */
static void fill_mixed(struct block *block)
{
	static const enum use often[] = {
		USE_FREE, USE_FREE, USE_CACHE,	   USE_CACHE,	      USE_CACHE,
		USE_ANON, USE_ANON, USE_SWAPCACHE, USE_CACHE_PRIVATE,
	};
	const unsigned int every = HUGE_BLOCK_PAGES / HUGE_KEPT;
	unsigned int order;

	for (unsigned int at = 0; at < HUGE_BLOCK_PAGES; at += 1U << order) {
		if (at % every == 0) {
			order = 0;
			set(block, at, 0,
			    at / every & 1 ? USE_SLAB : USE_KERNEL);
			continue;
		}
		order = next_random(block) >> 62;
		while (at & ((1U << order) - 1))
			order--;
		set(block, at, order,
		    often[next_random(block) % ARRAY_SIZE(often)]);
	}
}

/* Single pages mostly, a huge one now and then. */
static void fill_anon(struct block *block)
{
	for (unsigned int at = 0; at < HUGE_BLOCK_PAGES; at += 512) {
		if (next_random(block) & 1) {
			set(block, at, 9, USE_ANON);
			continue;
		}
		for (unsigned int i = 0; i < 512; i++)
			set(block, at + i, 0, USE_ANON);
	}
}

void huge_block(struct huge_page *pages, uint64_t n, uint64_t virt)
{
	static const char kinds[] = "fcmacfchcfamcfacfmca";
	struct block block = {
		.pages = pages,
		.virt = virt,
		.random = (n + 1) * 0x9e3779b97f4a7c15,
	};

	switch (kinds[n % (sizeof(kinds) - 1)]) {
	case 'f':
		fill(&block, USE_FREE, HUGE_MAX_ORDER - 1);
		break;
	case 'c':
		fill(&block, n & 1 ? USE_CACHE : USE_CACHE_PRIVATE,
		     n % 3 ? 0 : 4);
		break;
	case 'a':
		fill_anon(&block);
		break;
	case 'h':
		fill(&block, USE_HUGETLB, 9);
		break;
	default:
		fill_mixed(&block);
	}
}

void huge_kernel_block(struct huge_page *pages, uint64_t n_kernel)
{
	struct block block = { .pages = pages, .random = 1 };

	fill(&block, USE_FREE, HUGE_MAX_ORDER - 1);
	for (uint64_t i = 0; i < n_kernel; i++)
		set(&block, i, 0, USE_KERNEL);
}
