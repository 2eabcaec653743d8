// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/filter.o capture/memmap.o capture/page-class.o
// objects: capture/arch.o capture/arch-arm64.o capture/arch-x86_64.o
// objects: capture/memory.o capture/vmcore.o capture/window.o
// objects: capture/vmcoreinfo.o capture/note.o
// objects: netstream/io.o netstream/log.o
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * The page filter on arm64: mem_section is found in the linear map, struct
 * pages through the page tables, with whole texts of vmcoreinfo.  What struct
 * pages say is in test-page-class.c.
 */

#include "capture/filter.h"
#include "tests/unit/arm64-guest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DATA "tests/data/vmcoreinfo-arm64-"
#define STRUCT_PAGE 64

static const struct guest_kernel {
	struct build build;
	unsigned int section_bits;
	uint32_t buddy; /* _mapcount of a free page */
} kernels[] = {
	{ { DATA "6.1.txt", "", 48, 12, 4, 2, 48, 0xffff000000000000,
	    0xfffffc0000000000 },
	  27,
	  0xffffff7f },
	{ { DATA "6.12.txt", "", 52, 12, 5, 3, 52, 0xfff0000000000000,
	    0xffffc1ffc0000000 },
	  27,
	  0xf0000000 },
	{ { DATA "6.12.txt",
	    "NUMBER(VA_BITS)=47\nNUMBER(TCR_EL1_T1SZ)=0x11\n"
	    "NUMBER(MAX_PHYSMEM_BITS)=48\n",
	    47, 14, 3, 1, 48, 0xffff800000000000, 0xffffd1ffc0000000 },
	  27,
	  0xf0000000 },
	{ { DATA "6.12.txt", "NUMBER(SECTION_SIZE_BITS)=29\n", 52, 16, 3, 2, 52,
	    0xfff0000000000000, 0xffffc1ffc0000000 },
	  29,
	  0xf0000000 },
};

/* Where physical memory is in the linear map. */
static uint64_t linear(uint64_t phys)
{
	return guest.build->page_offset + phys - guest.phys_offset;
}

static void put32(uint64_t phys, uint32_t value)
{
	memcpy((char *)at(phys & ~7ULL) + (phys & 7), &value, sizeof(value));
}

/* mem_section, its root, and the map of one section. */
static void make_sections(const struct guest_kernel *kernel, uint64_t vmemmap)
{
	uint64_t table = guest.base[0] + 6 * page_len();
	uint64_t nr = guest.base[0] >> kernel->section_bits;
	char lines[512];

	*at(table) = linear(table) + 0x400;
	*at(table + 0x400 + nr * 16) = vmemmap | 3;
	snprintf(lines, sizeof(lines),
		 "SYMBOL(mem_section)=%" PRIx64 "\n%s%" PRIx64 "\n%s",
		 linear(table), "SYMBOL(vmemmap)=", vmemmap,
		 guest.build->replaced);
	free(guest.text);
	guest_info(lines);
}

/* Struct pages of the guest's memory, as far as they are in one page. */
static uint64_t make_pages(const struct guest_kernel *kernel, uint64_t vmemmap)
{
	uint64_t pfn = guest.base[0] >> guest.build->page_shift;
	uint64_t virt = vmemmap + pfn * STRUCT_PAGE;
	uint64_t page = guest.base[0] + 7 * page_len();
	uint64_t first = page + virt % page_len();
	uint64_t n = (page_len() - virt % page_len()) / STRUCT_PAGE;

	guest_map(virt & -page_len(), page, 0);
	for (uint64_t i = 0; i < n; i++)
		put32(first + i * STRUCT_PAGE + 48, UINT32_MAX);
	*at(first + 2 * STRUCT_PAGE + 24) = linear(page) | 1;
	put32(first + 3 * STRUCT_PAGE + 48, kernel->buddy);
	return n;
}

/* The window that has the guest's first frame. */
static void filter_guest(uint8_t bits[static FILTER_WINDOW_LEN])
{
	uint64_t pfn = guest.base[0] >> guest.build->page_shift;
	struct filter *filter = NULL;

	CHECK_INT(filter_new(&filter, &guest.memory, &guest.info, 31), 0);
	CHECK(!filter_why(filter));
	for (uint64_t i = 0; i <= pfn / FILTER_WINDOW_PAGES; i++)
		CHECK(filter_next(filter, bits));
	CHECK_INT(filter_stats(filter)->pages[PAGE_USER], 1);
	CHECK_INT(filter_stats(filter)->pages[PAGE_FREE], 1);
	CHECK_INT(filter_stats(filter)->pages[PAGE_KEPT], TABLES - 2);
	filter_free(filter);
}

static void filters_with_every_granule(void)
{
	static uint8_t bits[FILTER_WINDOW_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		uint64_t pfn, vmemmap;

		guest_boot(&kernels[i].build);
		guest_map(linear(guest.base[0]), guest.base[0], 0);
		pfn = guest.base[0] >> guest.build->page_shift;
		vmemmap = (guest.build->virt - pfn * STRUCT_PAGE) & ~0xffffULL;
		make_sections(&kernels[i], vmemmap);
		CHECK(make_pages(&kernels[i], vmemmap) > 3);
		CHECK_INT(guest_crash(), 0);
		filter_guest(bits);
		for (uint64_t n = 0; n < TABLES; n++) {
			uint64_t at_bit = (pfn + n) % FILTER_WINDOW_PAGES;

			CHECK_INT(bits[at_bit / 8] >> (at_bit % 8) & 1,
				  n != 2 && n != 3);
		}
		guest_power_off();
	}
}

int main(void)
{
	RUN(filters_with_every_granule);
	return tap_done();
}
