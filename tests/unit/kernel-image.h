/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small kernel in an x86_64 image: sections, a memory map in vmemmap and
 * the struct pages of 6.12, for tests of what reads them.  The memory itself
 * is a hole in the vmcore.
 */
#ifndef TESTS_UNIT_KERNEL_IMAGE_H
#define TESTS_UNIT_KERNEL_IMAGE_H

#include "tests/unit/x86-image.h"

#define KERNEL_VMEMMAP 0xffffea0000000000ULL
#define KERNEL_ROOT 0x2000 /* physical, of mem_section */
#define KERNEL_SECTIONS 0x3000
#define KERNEL_PAGES 0x200000

#define KERNEL_LRU (1ULL << 5)
#define KERNEL_HEAD (1ULL << 6)
#define KERNEL_PRIVATE (1ULL << 14)
#define KERNEL_HWPOISON (1ULL << 20)
#define KERNEL_BUDDY 0xf0000000
#define KERNEL_OFFLINE 0xf1000000

/* A key that is to say something else goes in front of these. */
#define KERNEL_INFO                                        \
	"NUMBER(phys_base)=-16777216\n"                    \
	"SYMBOL(init_top_pgt)=ffffffff81001000\n"          \
	"SYMBOL(mem_section)=ffff888000002000\n"           \
	"LENGTH(mem_section)=256\n"                        \
	"SIZE(mem_section)=16\n"                           \
	"OFFSET(mem_section.section_mem_map)=0\n"          \
	"NUMBER(SECTION_SIZE_BITS)=24\n"                   \
	"NUMBER(MAX_PHYSMEM_BITS)=40\n"                    \
	"SIZE(page)=64\n"                                  \
	"OFFSET(page.flags)=0\n"                           \
	"OFFSET(page.mapping)=24\n"                        \
	"OFFSET(page._mapcount)=48\n"                      \
	"OFFSET(page._refcount)=52\n"                      \
	"OFFSET(page.private)=40\n"                        \
	"OFFSET(page.compound_head)=8\n"                   \
	"LENGTH(zone.free_area)=11\n"                      \
	"NUMBER(PG_lru)=5\n"                               \
	"NUMBER(PG_private)=14\n"                          \
	"NUMBER(PG_swapcache)=10\n"                        \
	"NUMBER(PG_swapbacked)=17\n"                       \
	"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376\n"    \
	"NUMBER(PG_hwpoison)=20\n"                         \
	"NUMBER(PG_head_mask)=64\n"                        \
	"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\n"   \
	"NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592\n" \
	"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240\n"
#define KERNEL_SECTION_SHIFT 12

struct kernel_page {
	uint64_t flags, compound, word2, mapping, index, private;
	uint32_t mapcount, refcount;
};

struct kernel_image {
	struct image image;
	uint64_t frames;
	uint64_t hole, hole_end; /* frames that are not in the vmcore */
	const char *info;
	unsigned char *map; /* the struct pages, one behind the other */
	uint64_t map_len; /* in whole leaves of 2 MiB */
	uint64_t page_len;
	uint64_t turn; /* pieces of this length are in reverse; 0: in order */
};

static inline void kernel_init(struct kernel_image *kernel, uint64_t frames,
			       uint64_t page_len)
{
	uint64_t map_len = (frames * page_len + 0x1fffff) & ~0x1fffffULL;

	*kernel = (struct kernel_image){ .frames = frames,
					 .page_len = page_len,
					 .map_len = map_len,
					 .info = KERNEL_INFO };
	image_init(&kernel->image, KERNEL_PAGES + map_len, 4);
	if (image_alloc(&kernel->image, 2) != KERNEL_ROOT)
		mkcore_die(NULL, "the image begins with something else");
	kernel->map = calloc(1, map_len);
	if (!kernel->map)
		mkcore_die(NULL, "out of memory");
	image_map(&kernel->image, IMAGE_DIRECT, 0, 2);
	for (uint64_t at = 0; at < map_len; at += 0x200000)
		image_map(&kernel->image, KERNEL_VMEMMAP + at,
			  KERNEL_PAGES + at, 1);
	*image_u64(&kernel->image, KERNEL_ROOT) =
		IMAGE_DIRECT + KERNEL_SECTIONS;
	for (uint64_t i = 0; i << KERNEL_SECTION_SHIFT < frames; i++)
		*image_u64(&kernel->image, KERNEL_SECTIONS + i * 16) =
			KERNEL_VMEMMAP | 3;
	for (uint64_t pfn = 0; pfn < frames; pfn++)
		((struct kernel_page *)(kernel->map + pfn * page_len))
			->mapcount = UINT32_MAX;
}

static inline void kernel_close(struct kernel_image *kernel)
{
	image_free(&kernel->image);
	free(kernel->map);
}

static inline struct kernel_page *kernel_page(struct kernel_image *kernel,
					      uint64_t pfn)
{
	return (struct kernel_page *)(kernel->map + pfn * kernel->page_len);
}

static inline uint64_t *kernel_section(struct kernel_image *kernel, uint64_t nr)
{
	return image_u64(&kernel->image, KERNEL_SECTIONS + nr * 16);
}

static inline void kernel_anon(struct kernel_image *kernel, uint64_t pfn)
{
	kernel_page(kernel, pfn)->mapping = 0xffff888000000001;
}

static inline void kernel_free(struct kernel_image *kernel, uint64_t pfn,
			       unsigned int order)
{
	kernel_page(kernel, pfn)->mapcount = KERNEL_BUDDY;
	kernel_page(kernel, pfn)->private = order;
}

static inline void kernel_compound(struct kernel_image *kernel, uint64_t pfn,
				   unsigned int order)
{
	uint64_t head = KERNEL_VMEMMAP + pfn * kernel->page_len;

	kernel_page(kernel, pfn)->flags |= KERNEL_HEAD;
	for (uint64_t i = 1; i < 1ULL << order; i++)
		kernel_page(kernel, pfn + i)->compound = head | 1;
	kernel_page(kernel, pfn + 1)->flags = order;
}

/* The last piece of the map comes first. */
static inline uint64_t kernel_turned(const struct kernel_image *kernel,
				     uint64_t at)
{
	return kernel->map_len - kernel->turn - at;
}

/* Each section has its own map, in the direct map. */
static inline void kernel_own_maps(struct kernel_image *kernel)
{
	kernel->turn = kernel->page_len << KERNEL_SECTION_SHIFT;
	for (uint64_t i = 0; i << KERNEL_SECTION_SHIFT < kernel->frames; i++)
		*kernel_section(kernel, i) =
			(IMAGE_DIRECT + KERNEL_PAGES +
			 kernel_turned(kernel, i * kernel->turn) -
			 i * kernel->turn) |
			3;
}

/* The memory map is mapped by leaves of 4 KiB that are in reverse. */
static inline void kernel_scatter(struct kernel_image *kernel)
{
	kernel->turn = IMAGE_PAGE;
	for (uint64_t at = 0; at < kernel->map_len; at += 0x200000)
		*image_entry(&kernel->image, KERNEL_VMEMMAP + at, 1) = 0;
	for (uint64_t at = 0; at < kernel->map_len; at += IMAGE_PAGE)
		image_map(&kernel->image, KERNEL_VMEMMAP + at,
			  KERNEL_PAGES + kernel_turned(kernel, at), 0);
}

/* Its path, good until the next one is made. */
static inline const char *kernel_vmcore(struct kernel_image *kernel)
{
	uint64_t turn = kernel->turn ? kernel->turn : kernel->map_len;
	unsigned char *pages = kernel->image.mem + KERNEL_PAGES;

	for (uint64_t at = 0; at < kernel->map_len; at += turn)
		memcpy(kernel->turn ? pages + kernel_turned(kernel, at) : pages,
		       kernel->map + at, turn);
	return image_vmcore_of(
		&kernel->image, kernel->info, kernel->frames * IMAGE_PAGE,
		kernel->hole * IMAGE_PAGE, kernel->hole_end * IMAGE_PAGE);
}

#endif
