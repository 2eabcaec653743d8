// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/page-class.o capture/vmcoreinfo.o capture/note.o
// objects: capture/vmcore.o netstream/log.o netstream/io.o

#include <errno.h>
#include <stdlib.h>

#include "capture/page-class.h"
#include "netstream/io.h"
#include "tests/tap.h"

#define FRAMES 64
#define START 0x40000ULL /* aligned to any order used here */

/* How a kernel says it; the numbers are in its vmcoreinfo. */
static const struct kernel {
	const char *release;
	enum { SLAB_FLAG, SLAB_TYPE } slab;
	enum { HUGETLB_DTOR, HUGETLB_FLAG, HUGETLB_TYPE } hugetlb;
	/* A byte of page 1, from the start of page 0; or of its flags. */
	unsigned int order, dtor;
	unsigned int type_data; /* that a type may have in its low bits */
} kernels[] = {
	{ "5.4", SLAB_FLAG, HUGETLB_DTOR, 81, 80, 0 },
	{ "6.1", SLAB_FLAG, HUGETLB_DTOR, 81, 80, 0 },
	{ "6.4", SLAB_FLAG, HUGETLB_DTOR, 81, 80, 0 },
	{ "6.6", SLAB_FLAG, HUGETLB_FLAG, 64, 0, 0 },
	{ "6.9", SLAB_FLAG, HUGETLB_TYPE, 64, 0, 0 },
	{ "6.10", SLAB_TYPE, HUGETLB_TYPE, 64, 0, 0 },
	{ "6.11", SLAB_TYPE, HUGETLB_TYPE, 64, 0, 0 },
	{ "6.12", SLAB_TYPE, HUGETLB_TYPE, 64, 0, 0 },
	{ "6.16", SLAB_TYPE, HUGETLB_TYPE, 64, 0, 0x123456 },
	{ "7.1", SLAB_TYPE, HUGETLB_TYPE, 64, 0, 0xffffff },
};
#define KERNELS (sizeof(kernels) / sizeof(kernels[0]))

/* 64 bytes each in all of these kernels; the fields stayed where they are. */
static struct {
	uint64_t flags, compound, word2, mapping, index, private;
	uint32_t mapcount, refcount;
	uint64_t memcg;
} pages[FRAMES];

static const struct kernel *kernel;
static struct vmcoreinfo info;
static struct page_scan scan;
static uint8_t bits[FRAMES / 8];
static unsigned int peeked;

static void use_kernel(size_t i)
{
	char path[64];

	kernel = &kernels[i];
	free(info.text);
	snprintf(path, sizeof(path), "tests/data/vmcoreinfo-x86_64-%s.txt",
		 kernel->release);
	if (read_file(path, 65536, &info.text, &info.len) < 0) {
		printf("Bail out! %s\n", path);
		exit(1);
	}
}

static uint64_t flag(const char *name)
{
	int64_t bit = 0;

	CHECK_INT(vmcoreinfo_number(&info, name, &bit), 0);
	return 1ULL << bit;
}

static uint64_t head_flag(void)
{
	int64_t mask = 0;

	CHECK_INT(vmcoreinfo_number(&info, "PG_head_mask", &mask), 0);
	return (uint64_t)mask;
}

static uint32_t type(const char *name)
{
	char key[64];
	int64_t value = 0;

	snprintf(key, sizeof(key), "PAGE_%s_MAPCOUNT_VALUE", name);
	CHECK_INT(vmcoreinfo_number(&info, key, &value), 0);
	return (uint32_t)value | kernel->type_data;
}

static bool peek(void *arg, uint64_t pfn, void *page)
{
	(void)arg;
	peeked++;
	if (pfn < START || pfn >= START + FRAMES)
		return false;
	memcpy(page, &pages[pfn - START], sizeof(pages[0]));
	return true;
}

/* Pages as they are when nobody uses them. */
static void fresh(unsigned int level)
{
	char key[PAGE_KEY_LEN];

	scan = (struct page_scan){ .peek = peek };
	CHECK_INT(page_layout_init(&scan.layout, &info, level, key), 0);
	memset(pages, 0, sizeof(pages));
	for (int i = 0; i < FRAMES; i++)
		pages[i].mapcount = UINT32_MAX;
	memset(bits, 0xff, sizeof(bits));
	page_scan_window(&scan, bits, START, START + FRAMES);
}

static void is_slab(int i)
{
	if (kernel->slab == SLAB_FLAG)
		pages[i].flags |= flag("PG_slab");
	else
		pages[i].mapcount = type("SLAB");
}

static void is_compound(int i, unsigned int order, bool hugetlb)
{
	uint8_t *second = (uint8_t *)&pages[i];

	pages[i].flags |= head_flag();
	for (int j = i + 1; j < i + (1 << order); j++)
		pages[j].compound = 0xffffea0000000001 + i * 64ULL;
	second[kernel->order] = (uint8_t)order;
	if (!hugetlb)
		return;
	if (kernel->hugetlb == HUGETLB_DTOR)
		second[kernel->dtor] = 2;
	else if (kernel->hugetlb == HUGETLB_FLAG)
		pages[i + 1].flags |= flag("PG_hugetlb");
	else
		pages[i].mapcount = type("HUGETLB");
}

static void is_free(int i, unsigned int order)
{
	pages[i].mapcount = type("BUDDY");
	pages[i].private = order;
}

/* What is in the window: 'K'ept and so on, by the bits and the counts. */
static const char letters[] = "KFCPUHO";

static void check_scan(const char *want)
{
	uint64_t counts[PAGE_CLASSES] = { 0 };
	char got[FRAMES + 1];
	size_t n = strlen(want);

	CHECK_INT(page_scan(&scan, (unsigned char *)pages, START, n),
		  START + n);
	for (size_t i = 0; i < n; i++) {
		counts[strchr(letters, want[i]) - letters]++;
		got[i] = bits[i / 8] >> i % 8 & 1 ? 'K' : '.';
	}
	got[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((want[i] == 'K') != (got[i] == 'K')) {
			printf("# %s: frame %zu: %s, want %s\n",
			       kernel->release, i, got, want);
			CHECK(0);
			break;
		}
	for (size_t i = n; i < FRAMES; i++)
		CHECK(bits[i / 8] >> i % 8 & 1);
	for (int i = 1; i < PAGE_CLASSES; i++) {
		if (scan.left_out[i] != counts[i])
			printf("# %s: %s\n", kernel->release,
			       page_class_names[i]);
		CHECK_INT(scan.left_out[i], counts[i]);
	}
}

/* One page of each kind. */
static void make_kinds(void)
{
	uint64_t lru = flag("PG_lru"), private = flag("PG_private");
	uint64_t backed = flag("PG_swapbacked"), cached = flag("PG_swapcache");

	pages[1].flags = lru;
	pages[2].flags = lru | private;
	pages[3].flags = lru | backed;
	pages[3].mapping = 0xffff888000000001;
	pages[3].mapcount = 0;
	pages[4].flags = backed | cached;
	pages[5].flags = backed;
	pages[6].flags = cached;
	/* In a slab, mapping is no mapping. */
	is_slab(7);
	pages[7].mapping = 0xffff888000000001;
	if (kernel->slab == SLAB_FLAG)
		pages[7].mapcount = type("BUDDY");
	pages[8].mapcount = type("OFFLINE");
	pages[9].flags = scan.layout.hwpoison;
	pages[10].flags = scan.layout.hwpoison | lru | private;
	pages[11].flags = flag("PG_private");
	pages[12].compound = 1;
	pages[12].flags = lru;
	pages[13].mapping = 1;
	pages[14].mapcount = 3;
	is_free(15, 0);
	/* What a slab has where others have a type. */
	is_slab(16);
	if (kernel->slab == SLAB_FLAG)
		pages[16].mapcount = type("OFFLINE");
}

static void tells_each_kind_in_each_kernel(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		bool poison;

		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		poison = scan.layout.hwpoison;
		make_kinds();
		check_scan(poison ? "KCPUCKKKOHPKKUKFK" : "KCPUCKKKOKPKKUKFK");
	}
}

static void leaves_out_what_the_level_says(void)
{
	static const struct {
		unsigned int level;
		const char *want;
	} levels[] = {
		{ FILTER_ZERO, "KKKKKKKKOHHKKKKKK" },
		{ FILTER_CACHE, "KCKKCKKKOHHKKKKKK" },
		{ FILTER_CACHE_PRIVATE, "KCPKCKKKOHPKKKKKK" },
		{ FILTER_USER, "KKKUKKKKOHHKKUKKK" },
		{ FILTER_FREE, "KKKKKKKKOHHKKKKFK" },
	};

	for (size_t i = 0; i < KERNELS; i++) {
		use_kernel(i);
		for (size_t j = 0; j < 5; j++) {
			fresh(levels[j].level);
			if (!scan.layout.hwpoison)
				continue;
			make_kinds();
			check_scan(levels[j].want);
		}
	}
}

static void takes_a_compound_page_as_one(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		is_compound(0, 2, false);
		pages[0].flags |= flag("PG_lru");
		is_compound(4, 1, false);
		is_compound(8, 3, true);
		is_compound(16, 2, false);
		is_slab(16);
		pages[16].mapping = 1;
		is_compound(20, 1, false);
		pages[20].mapping = 1;
		check_scan("CCCCKKKKUUUUUUUUKKKKUUK");
		fresh(FILTER_LEVEL_MAX & ~FILTER_USER);
		is_compound(0, 2, true);
		pages[4].flags = flag("PG_lru");
		check_scan("KKKKC");
	}
}

/* The struct pages of the tails are not there; peek() has them. */
static void looks_for_the_end_of_a_compound_page(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		is_compound(0, 4, true);
		peeked = 0;
		CHECK_INT(page_scan(&scan, (unsigned char *)pages, START, 1),
			  START + 16);
		CHECK_INT(peeked, 2);
		CHECK_INT(scan.left_out[PAGE_USER], 16);
		CHECK_MEM(bits, "\0\0\xff", 3);
	}
}

static void keeps_a_head_that_lies(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		use_kernel(i);
		/* Its last page is none of its own. */
		fresh(FILTER_LEVEL_MAX);
		is_compound(0, 2, true);
		pages[3].compound = 0;
		pages[3].flags = flag("PG_lru");
		check_scan("KKKC");
		fresh(FILTER_LEVEL_MAX);
		is_compound(0, 3, true);
		pages[7].compound += 64;
		check_scan("KKKKKKKK");
		/* Its second page is no tail. */
		fresh(FILTER_LEVEL_MAX);
		is_compound(0, 2, true);
		pages[1].compound = pages[3].compound = 0x1000;
		check_scan("KKKK");
		/* It goes on where nothing can be read. */
		fresh(FILTER_LEVEL_MAX);
		is_compound(0, 3, true);
		((uint8_t *)pages)[kernel->order] = 9;
		check_scan("KKKKKKKK");
	}
}

/* An order that cannot be here is none: makedumpfile does it so. */
static void takes_an_impossible_order_for_none(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		is_compound(2, 1, true);
		((uint8_t *)&pages[2])[kernel->order] = 2;
		is_compound(4, 1, true);
		((uint8_t *)&pages[4])[kernel->order] = 31;
		check_scan("KKUKUK");
		/* Aligned to everything. */
		for (unsigned int order = 31; order < 256; order += 32) {
			fresh(FILTER_LEVEL_MAX);
			page_scan_window(&scan, bits, 0, FRAMES);
			is_compound(0, 1, true);
			((uint8_t *)pages)[kernel->order] = (uint8_t)order;
			CHECK_INT(
				page_scan(&scan, (unsigned char *)pages, 0, 2),
				2);
			CHECK_INT(scan.left_out[PAGE_USER], 1);
		}
	}
}

static void takes_free_pages_as_one(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		is_free(0, 3);
		pages[8].flags = flag("PG_lru");
		is_free(9, 1); /* not aligned */
		is_free(16, 11);
		is_free(17, 0);
		is_free(18, 64);
		is_free(32, 5);
		check_scan("FFFFFFFFCKKKKKKKKFKKKKKKKKKKKKKK"
			   "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
		/* Too large. */
		fresh(FILTER_LEVEL_MAX);
		is_free(0, 11);
		check_scan("KK");
	}
}

static void takes_unaccepted_memory_for_free(void)
{
	for (size_t i = 8; i < KERNELS; i++) {
		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		pages[0].mapcount = type("UNACCEPTED");
		CHECK_INT(page_scan(&scan, (unsigned char *)pages, START, 1),
			  START + 1024);
		CHECK_INT(scan.left_out[PAGE_FREE], FRAMES);
		fresh(FILTER_LEVEL_MAX);
		pages[2].mapcount = type("UNACCEPTED");
		check_scan("KKKK");
		fresh(FILTER_USER);
		pages[0].mapcount = type("UNACCEPTED");
		check_scan("KKKK");
	}
}

static void carries_a_page_into_the_next_windows(void)
{
	use_kernel(0);
	fresh(FILTER_LEVEL_MAX);
	is_free(0, 8);
	CHECK_INT(page_scan(&scan, (unsigned char *)pages, START, 4),
		  START + 256);
	CHECK_INT(scan.left_out[PAGE_FREE], FRAMES);
	memset(bits, 0x55, sizeof(bits));
	page_scan_window(&scan, bits, START + 64, START + 128);
	CHECK_INT(scan.left_out[PAGE_FREE], FRAMES + FRAMES / 2);
	memset(bits, 0xff, sizeof(bits));
	page_scan_window(&scan, bits, START + 224, START + 288);
	CHECK_MEM(bits, "\0\0\0\0\xff\xff\xff\xff", 8);
	CHECK_INT(scan.left_out[PAGE_FREE], FRAMES + FRAMES / 2 + 32);
	page_scan_window(&scan, bits, START + 288, START + 352);
	CHECK_INT(bits[7], 0xff);
}

/* Strings, numbers, pointers where struct pages should be. */
static void takes_no_other_data_for_a_page(void)
{
	for (size_t i = 0; i < KERNELS; i++) {
		bool poison;

		use_kernel(i);
		fresh(FILTER_LEVEL_MAX);
		poison = scan.layout.hwpoison;
		for (int j = 0; j < 12; j++)
			pages[j].flags = flag("PG_lru");
		pages[1].mapping = 0x1000;
		pages[2].mapping = 4;
		pages[3].mapping = 0x7fffffffffffffff;
		pages[4].mapping = 0xefff888012345678;
		pages[5].mapping = 0xf3ff000012345678; /* with a tag of KASAN */
		pages[6].mapcount = 0xfffffffe;
		pages[7].mapcount = 0x80000000;
		pages[8].mapcount = 0x7fffffff;
		pages[9].refcount = UINT32_MAX;
		pages[10].refcount = 0x7fffffff;
		pages[11].mapping = 0x0000888012345679;
		pages[12].mapping = 0x6573206120796279;
		pages[13].flags = scan.layout.hwpoison;
		pages[13].mapping = 0x1001;
		pages[14].flags = scan.layout.hwpoison;
		pages[14].refcount = 0xffff8880;
		check_scan(poison ? "CKKKKCKKCKCKKHKK" : "CKKKKCKKCKCKKKKK");
	}
}

/* A destructor that is said to be nowhere: no hugetlb pages then. */
static void can_do_without_the_destructor(void)
{
	char *line;

	use_kernel(1);
	line = strstr(info.text, "OFFSET(page.compound_dtor)=16");
	memcpy(line, "OFFSET(page.compound_dtor)=99", 29);
	fresh(FILTER_LEVEL_MAX);
	is_compound(0, 1, true);
	check_scan("KKKK");
}

int main(void)
{
	RUN(tells_each_kind_in_each_kernel);
	RUN(leaves_out_what_the_level_says);
	RUN(takes_a_compound_page_as_one);
	RUN(looks_for_the_end_of_a_compound_page);
	RUN(keeps_a_head_that_lies);
	RUN(takes_an_impossible_order_for_none);
	RUN(takes_free_pages_as_one);
	RUN(takes_unaccepted_memory_for_free);
	RUN(carries_a_page_into_the_next_windows);
	RUN(takes_no_other_data_for_a_page);
	RUN(can_do_without_the_destructor);
	free(info.text);
	return tap_done();
}
