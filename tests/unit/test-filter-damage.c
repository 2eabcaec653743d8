// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <sys/mman.h>

#include "tests/unit/filter-run.h"

static void keeps_a_section_whose_entry_is_damaged(void)
{
	static const uint64_t damage[] = {
		0x1234567890abcdef, /* no address at all */
		IMAGE_DIRECT | 3, /* one of something else */
		KERNEL_VMEMMAP | 2, /* not present */
		KERNEL_VMEMMAP | 0x803, /* flags there are none of */
	};

	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	for (size_t i = 0; i < 4; i++) {
		*kernel_section(&kernel, 3) = damage[i];
		filter_image(FILTER_LEVEL_MAX);
		check_kept(0, 3 * SECTION_FRAMES, false);
		check_kept(3 * SECTION_FRAMES, 4 * SECTION_FRAMES, true);
		check_kept(4 * SECTION_FRAMES, FRAMES, false);
		CHECK_INT(stats.unreadable, SECTION_FRAMES);
		CHECK_INT(stats.first_unreadable, 3 * SECTION_FRAMES);
		CHECK_INT(stats.no_section, 0);
	}
	*kernel_section(&kernel, 3) = 0;
	*kernel_section(&kernel, 4) = KERNEL_VMEMMAP | 1;
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.unreadable, 0);
	CHECK_INT(stats.no_section, 2 * SECTION_FRAMES);
	check_kept(3 * SECTION_FRAMES, 5 * SECTION_FRAMES, true);
	kernel_close(&kernel);
}

static void says_which_sections_are_the_damaged_ones(void)
{
	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	/* The first, the last, and ten that agree with each other. */
	for (uint64_t nr = 0; nr < 25; nr += nr == 10 ? 14 : 1)
		*kernel_section(&kernel, nr) = IMAGE_DIRECT | 3;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 11 * SECTION_FRAMES, true);
	check_kept(11 * SECTION_FRAMES, 24 * SECTION_FRAMES, false);
	check_kept(24 * SECTION_FRAMES, FRAMES, true);
	/* More than half of them. */
	*kernel_section(&kernel, 11) = IMAGE_DIRECT | 3;
	kernel.info = "SYMBOL(vmemmap)=ffffea0000000000\n" KERNEL_INFO;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 12 * SECTION_FRAMES, true);
	check_kept(12 * SECTION_FRAMES, 24 * SECTION_FRAMES, false);
	/* A symbol that no section agrees with is another thing. */
	kernel.info = "SYMBOL(vmemmap)=ffffea0000001000\n" KERNEL_INFO;
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.unreadable, 0);
	kernel_close(&kernel);
}

/* A 2 MiB leaf has the struct pages of 32768 frames. */
static void keeps_what_a_damaged_page_table_leads_to(void)
{
	uint64_t *entry, good;

	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	entry = image_entry(&kernel.image, KERNEL_VMEMMAP + (2 << 20), 1);
	good = *entry;
	for (int i = 0; i < 3; i++) {
		*entry = i == 0	  ? 0
			 : i == 1 ? 0xfffffe00083 | 1ULL << 45
				  : 0x63 | 1ULL << 40;
		filter_image(FILTER_LEVEL_MAX);
		check_kept(0, 32768, false);
		check_kept(32768, 65536, true);
		check_kept(65536, FRAMES, false);
		CHECK_INT(stats.unreadable, 32768);
		CHECK_INT(stats.first_unreadable, 32768);
	}
	*entry = good;
	/* All of it. */
	*image_entry(&kernel.image, KERNEL_VMEMMAP, 3) = 0;
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, FRAMES, true);
	CHECK_INT(stats.unreadable, FRAMES);
	kernel_close(&kernel);
}

/* Part of the memory map itself is in no segment. */
static void keeps_what_a_missing_page_describes(void)
{
	const uint64_t first = KERNEL_PAGES / IMAGE_PAGE;

	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	kernel.hole = first + 100;
	kernel.hole_end = first + 103;
	filter_image(FILTER_LEVEL_MAX);
	CHECK_INT(stats.unreadable, 3 * 64);
	CHECK_INT(stats.first_unreadable, 6400);
	CHECK_INT(stats.pages[PAGE_CACHE], FRAMES - 3 * 64 - 3);
	check_kept(6400, 6592, true);
	check_kept(6592, FRAMES, false);
	kernel_close(&kernel);
}

/* Where the vmcore itself cannot be read: one page of struct pages. */
static void keeps_what_a_bad_page_describes(void)
{
	struct machine machine;
	uint64_t at, off;
	char *start;

	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	machine_open(&machine, kernel_vmcore(&kernel), FILTER_LEVEL_MAX);
	start = mmap(NULL, machine.core.size, PROT_READ, MAP_PRIVATE,
		     machine.core.fd, 0);
	close(machine.core.fd);
	machine.core.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	off = (uintptr_t)start;
	machine.core.size += off;
	for (size_t i = 0; i < machine.core.n_phdrs; i++)
		machine.core.phdrs[i].p_offset += off;
	for (size_t i = 0; i < machine.memory.n_ranges; i++)
		machine.memory.ranges[i].off += off;
	at = KERNEL_PAGES + 5000 * 64 / 4096 * 4096;
	munmap(start + machine.memory.ranges[0].off - off + at, 4096);
	log_take();
	run(&machine);
	CHECK_STR(log_taken(), "");
	check_kept(0, 4992, false);
	check_kept(4992, 4992 + 64, true);
	check_kept(4992 + 64, FRAMES, false);
	CHECK_INT(stats.unreadable, 64);
	CHECK_INT(stats.first_unreadable, 4992);
	machine_close(&machine);
	munmap(start, 4096);
	kernel_close(&kernel);
}

static void keeps_all(const char *why)
{
	struct machine machine;

	machine_open(&machine, kernel_vmcore(&kernel), FILTER_LEVEL_MAX);
	CHECK_STR(filter_why(machine.filter), why);
	run(&machine);
	CHECK_INT(stats.pages[PAGE_KEPT], FRAMES);
	check_kept(0, FRAMES, true);
	machine_close(&machine);
}

static void keeps_all_when_nothing_can_be_classified(void)
{
	static const char unreadable[] =
		"mem_section or what it leads to is not readable";

	make_kernel();
	kernel.info = "OSRELEASE=9.9\n";
	keeps_all("no SIZE(page) in vmcoreinfo");
	kernel.info = "NUMBER(phys_base)=x\n" KERNEL_INFO;
	keeps_all("NUMBER(phys_base) in vmcoreinfo is not what it should be");
	kernel.info = "NUMBER(SECTION_SIZE_BITS)=90\n" KERNEL_INFO;
	keeps_all("NUMBER(SECTION_SIZE_BITS) in vmcoreinfo is not what it "
		  "should be");
	kernel.info = "SIZE(mem_section)=0\n" KERNEL_INFO;
	keeps_all("SIZE(mem_section) in vmcoreinfo is not what it should be");
	kernel.info = KERNEL_INFO;
	/* The root of the sections. */
	*image_u64(&kernel.image, KERNEL_ROOT) = 0xdeadbeefdeadbeef;
	keeps_all(unreadable);
	*image_u64(&kernel.image, KERNEL_ROOT) = 0;
	keeps_all(unreadable);
	kernel_close(&kernel);
	make_kernel();
	*image_u64(&kernel.image, kernel.image.pgd + 511 * 8) = 0;
	*image_u64(&kernel.image, kernel.image.pgd + 273 * 8) = 0;
	keeps_all(unreadable);
	kernel_close(&kernel);
}

/* Anything at all in 64 KiB of struct pages: the other ones are as before. */
static void survives_garbage(void)
{
	uint64_t seed = 1;

	make_kernel();
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++)
		kernel_page(&kernel, pfn)->flags = KERNEL_LRU;
	for (uint64_t pfn = 0x2000; pfn < 0x2400; pfn++) {
		uint64_t *words = (uint64_t *)kernel_page(&kernel, pfn);

		for (int i = 0; i < 8; i++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			words[i] = seed ^ seed >> 29;
		}
	}
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 0x2000, false);
	check_kept(0x2800, FRAMES, false);
	CHECK(stats.pages[PAGE_KEPT] > 100);
	kernel_close(&kernel);
}

int main(void)
{
	RUN(keeps_a_section_whose_entry_is_damaged);
	RUN(says_which_sections_are_the_damaged_ones);
	RUN(keeps_what_a_damaged_page_table_leads_to);
	RUN(keeps_what_a_missing_page_describes);
	RUN(keeps_what_a_bad_page_describes);
	RUN(keeps_all_when_nothing_can_be_classified);
	RUN(survives_garbage);
	free(bits);
	return tap_done();
}
