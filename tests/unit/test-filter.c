// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/filter.o capture/memmap.o capture/page-class.o
// objects: capture/arch.o capture/arch-x86_64.o capture/arch-arm64.o
// objects: capture/memory.o capture/vmcoreinfo.o capture/note.o
// objects: capture/vmcore.o capture/window.o netstream/log.o netstream/io.o
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include "tests/unit/filter-run.h"

static void leaves_out_pages_by_class(void)
{
	make_kernel();
	kernel_page(&kernel, 1000)->flags = KERNEL_LRU;
	kernel_page(&kernel, 40000)->flags = KERNEL_LRU | KERNEL_PRIVATE;
	kernel_anon(&kernel, FRAMES - 1);
	kernel_free(&kernel, 0x8000, 10);
	kernel_compound(&kernel, 0x9000, 9);
	kernel_anon(&kernel, 0x9000);
	kernel_page(&kernel, 7)->flags = KERNEL_HWPOISON;
	kernel_page(&kernel, 8)->mapcount = KERNEL_OFFLINE;
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.pages[PAGE_CACHE], 1);
	CHECK_INT(stats.pages[PAGE_CACHE_PRIVATE], 1);
	CHECK_INT(stats.pages[PAGE_USER], 1 + 512);
	CHECK_INT(stats.pages[PAGE_FREE], 1024);
	CHECK_INT(stats.pages[PAGE_HWPOISON], 1);
	CHECK_INT(stats.pages[PAGE_OFFLINE], 1);
	CHECK_INT(stats.pages[PAGE_KEPT], FRAMES - 5 - 512 - 1024);
	CHECK_INT(stats.no_section, 0);
	CHECK_INT(stats.unreadable, 0);
	check_kept(999, 1000, true);
	check_kept(1000, 1001, false);
	check_kept(0x7fff, 0x8000, true);
	check_kept(0x8000, 0x8400, false);
	check_kept(0x8400, 0x9000, true);
	check_kept(0x9000, 0x9200, false);
	check_kept(0x9200, 40000, true);
	check_kept(40000, 40001, false);
	check_kept(FRAMES - 1, FRAMES, false);
	/* Nothing behind the memory's end. */
	check_kept(FRAMES, 4 * FILTER_WINDOW_PAGES, false);
	filter_image(FILTER_ZERO);
	CHECK_INT(stats.pages[PAGE_KEPT], FRAMES - 2);
	filter_image(0);
	CHECK_INT(stats.pages[PAGE_KEPT], FRAMES);
	kernel_close(&kernel);
}

/* As makedumpfile: at level 1 hwpoison decides whether it looks at all. */
static void looks_at_level_1_only_for_poisoned_pages(void)
{
	make_kernel();
	kernel_page(&kernel, 8)->mapcount = KERNEL_OFFLINE;
	kernel.info = "NUMBER(PG_hwpoison)=none\n" KERNEL_INFO;
	filter_image(FILTER_ZERO);
	CHECK_INT(stats.pages[PAGE_OFFLINE], 0);
	filter_image(FILTER_FREE);
	CHECK_INT(stats.pages[PAGE_OFFLINE], 1);
	kernel_close(&kernel);
}

/* A page of 256 MiB: two whole windows, and what is behind it. */
static void carries_large_pages_through_windows(void)
{
	make_kernel();
	kernel_compound(&kernel, 1 << 16, 14);
	kernel_anon(&kernel, 1 << 16);
	kernel_compound(&kernel, 0, 16);
	kernel_anon(&kernel, 0);
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.pages[PAGE_USER], (1 << 16) + (1 << 14));
	check_kept(0, (1 << 16) + (1 << 14), false);
	check_kept((1 << 16) + (1 << 14), FRAMES, true);
	/* Kept as one just so. */
	kernel_page(&kernel, 0)->mapping = 0;
	kernel_page(&kernel, 64)->flags = KERNEL_LRU;
	kernel_page(&kernel, 40000)->flags = KERNEL_LRU;
	kernel_page(&kernel, 40000)->compound = 0;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 1 << 16, true);
	check_kept(1 << 16, (1 << 16) + (1 << 14), false);
	kernel_close(&kernel);
}

static void keeps_memory_that_has_no_section(void)
{
	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	kernel.info = "NUMBER(MAX_PHYSMEM_BITS)=27\n"
		      "LENGTH(mem_section)=1\n" KERNEL_INFO;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 8 * SECTION_FRAMES, false);
	check_kept(8 * SECTION_FRAMES, FRAMES, true);
	CHECK_INT(stats.no_section, FRAMES - 8 * SECTION_FRAMES);
	kernel_close(&kernel);
}

/* Kernels before 5.8 and 5.13: sections are those of the architecture. */
static void knows_sections_that_vmcoreinfo_does_not_tell(void)
{
	static char info[] = KERNEL_INFO;

	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	*strstr(info, "SECTION_SIZE_BITS") = 'x';
	*strstr(info, "MAX_PHYSMEM_BITS") = 'x';
	kernel.info = info;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, FRAMES, false);
	kernel_close(&kernel);
}

/* Eight to a root: the second one is not there, a third there is not. */
static void keeps_memory_that_has_no_root(void)
{
	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	kernel.info = "SIZE(mem_section)=512\n"
		      "LENGTH(mem_section)=2\n" KERNEL_INFO;
	for (uint64_t i = 0; i < 8; i++)
		*kernel_section(&kernel, 32 * i) = KERNEL_VMEMMAP | 3;
	*image_u64(&kernel.image, KERNEL_ROOT + 16) = 0x1234;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 8 * SECTION_FRAMES, false);
	check_kept(8 * SECTION_FRAMES, FRAMES, true);
	CHECK_INT(stats.no_section, FRAMES - 8 * SECTION_FRAMES);
	kernel_close(&kernel);
}

/* A map of its own for each section, and an array of all sections. */
static void knows_plain_sparsemem(void)
{
	make_kernel();
	kernel.info = "LENGTH(mem_section)=65536\n"
		      "SYMBOL(mem_section)=ffff888000003000\n" KERNEL_INFO;
	kernel_own_maps(&kernel);
	kernel_page(&kernel, 1)->flags = KERNEL_LRU;
	kernel_page(&kernel, 9 * SECTION_FRAMES)->flags = KERNEL_LRU;
	kernel_page(&kernel, FRAMES - 1)->flags = KERNEL_LRU;
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.pages[PAGE_CACHE], 3);
	CHECK(!is_kept(1) && !is_kept(9 * SECTION_FRAMES) &&
	      !is_kept(FRAMES - 1));
	/* A map begins with a page. */
	*kernel_section(&kernel, 9) += 0x800;
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.pages[PAGE_CACHE], 2);
	CHECK_INT(stats.unreadable, SECTION_FRAMES);
	kernel_close(&kernel);
}

/* Struct pages that lie across leaves, which are in no order. */
static void knows_struct_pages_of_56_bytes(void)
{
	kernel_init(&kernel, FRAMES, 56);
	kernel.info = "SIZE(page)=56\n" KERNEL_INFO;
	kernel_scatter(&kernel);
	for (uint64_t pfn = 0; pfn < FRAMES; pfn += 2)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	kernel_page(&kernel, 0x8000)->flags = 0;
	kernel_compound(&kernel, 0x8000, 13);
	kernel_anon(&kernel, 0x8000);
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.unreadable, 0);
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		if (is_kept(pfn) !=
		    (pfn % 2 && (pfn < 0x8000 || pfn >= 0xa000))) {
			CHECK_INT(pfn, -1);
			break;
		}
	kernel_close(&kernel);
}

/* Not in the vmcore: nobody asks what they are; a page may go on behind. */
static void passes_over_holes(void)
{
	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	kernel.hole = 0x9000;
	kernel.hole_end = 0x9801;
	kernel_page(&kernel, 0x8800)->flags = 0;
	kernel_free(&kernel, 0x8c00, 10);
	kernel_compound(&kernel, 0xa000, 1);
	kernel_page(&kernel, 0x9800)->flags = 0;
	kernel_compound(&kernel, 0x9800, 11);
	kernel_anon(&kernel, 0x9800);
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0x8800, 0x8801, true);
	check_kept(0x8801, 0x9801, false);
	/* Its head is not there: tails say nothing. */
	check_kept(0x9801, 0xa000, true);
	check_kept(0xa000, FRAMES, false);
	CHECK_INT(stats.pages[PAGE_KEPT], 1 + 0x7ff);
	kernel_close(&kernel);
}

/* The kernel does not use it, whatever its struct page says. */
static void keeps_a_frame_that_is_there_in_part(void)
{
	struct machine machine;

	make_kernel();
	kernel_page(&kernel, FRAMES - 1)->flags = KERNEL_LRU;
	kernel.hole = FRAMES - 2;
	kernel.hole_end = FRAMES - 1;
	machine_open(&machine, kernel_vmcore(&kernel), FILTER_LEVEL_MAX);
	run(&machine);
	CHECK(!is_kept(FRAMES - 1));
	machine.memory.ranges[1].off = MEMORY_PIECES;
	run(&machine);
	CHECK(is_kept(FRAMES - 1));
	machine_close(&machine);
	kernel_close(&kernel);
}

int main(void)
{
	RUN(leaves_out_pages_by_class);
	RUN(looks_at_level_1_only_for_poisoned_pages);
	RUN(carries_large_pages_through_windows);
	RUN(keeps_memory_that_has_no_section);
	RUN(knows_sections_that_vmcoreinfo_does_not_tell);
	RUN(keeps_memory_that_has_no_root);
	RUN(knows_plain_sparsemem);
	RUN(knows_struct_pages_of_56_bytes);
	RUN(passes_over_holes);
	RUN(keeps_a_frame_that_is_there_in_part);
	free(bits);
	return tap_done();
}
