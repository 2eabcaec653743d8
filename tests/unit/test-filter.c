// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/filter.o capture/memmap.o capture/page-class.o
// objects: capture/arch.o capture/arch-x86_64.o capture/arch-arm64.o
// objects: capture/memory.o capture/vmcoreinfo.o capture/note.o
// objects: capture/vmcore.o netstream/log.o netstream/io.o
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>
#include <sys/mman.h>

#include "capture/filter.h"
#include "tests/tap.h"
#include "tests/unit/kernel-image.h"

/* 6.1 MiB of struct pages: three windows and a bit. */
#define FRAMES 100000ULL
#define SECTION_FRAMES (1U << KERNEL_SECTION_SHIFT)

static struct kernel_image kernel;
static uint8_t *bits; /* of all windows */
static struct filter_stats stats;

static bool is_kept(uint64_t pfn)
{
	return bits[pfn / 8] >> pfn % 8 & 1;
}

static void check_kept(uint64_t from, uint64_t to, bool want)
{
	for (uint64_t pfn = from; pfn < to; pfn++)
		if (is_kept(pfn) != want) {
			printf("# frame %#llx\n", (unsigned long long)pfn);
			CHECK_INT(is_kept(pfn), want);
			return;
		}
}

struct machine {
	struct vmcore core;
	struct vmcoreinfo info;
	struct memory memory;
	struct filter *filter;
};

static void machine_open(struct machine *machine, const char *path,
			 unsigned int level)
{
	CHECK_INT(vmcore_open(&machine->core, path), 0);
	CHECK_INT(vmcoreinfo_load(&machine->info, &machine->core), 0);
	CHECK_INT(memory_init(&machine->memory, &machine->core, 12), 0);
	log_take();
	CHECK_INT(filter_new(&machine->filter, &machine->memory, &machine->info,
			     level),
		  0);
	log_taken();
}

static void machine_close(struct machine *machine)
{
	filter_free(machine->filter);
	memory_free(&machine->memory);
	vmcoreinfo_free(&machine->info);
	vmcore_close(&machine->core);
}

/* All windows into bits, twice: the second time gives the same. */
static void run(struct machine *machine)
{
	uint64_t n = filter_n_windows(machine->filter);
	uint8_t again[FILTER_WINDOW_LEN];
	uint64_t sum = 0;

	free(bits);
	bits = malloc(n * FILTER_WINDOW_LEN + 1);
	for (uint64_t i = 0; i < n; i++)
		CHECK(filter_next(machine->filter,
				  bits + i * FILTER_WINDOW_LEN));
	CHECK(!filter_next(machine->filter, again));
	stats = *filter_stats(machine->filter);
	filter_rewind(machine->filter);
	for (uint64_t i = 0; i < n; i++) {
		CHECK(filter_next(machine->filter, again));
		CHECK_MEM(again, bits + i * FILTER_WINDOW_LEN,
			  FILTER_WINDOW_LEN);
	}
	CHECK_MEM(filter_stats(machine->filter), &stats, sizeof(stats));
	for (int i = 0; i < PAGE_CLASSES; i++)
		sum += stats.pages[i];
	CHECK_INT(sum, machine->memory.n_pages);
}

/* What the filter makes of the kernel image. */
static void filter_image(unsigned int level)
{
	struct machine machine;

	machine_open(&machine, kernel_vmcore(&kernel), level);
	CHECK(!filter_why(machine.filter));
	run(&machine);
	machine_close(&machine);
}

static void make_kernel(void)
{
	kernel_init(&kernel, FRAMES, 64);
}

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
	filter_image(FILTER_LEVEL_MAX);
	check_kept(0, 1 << 16, true);
	check_kept(1 << 16, (1 << 16) + (1 << 14), false);
	kernel_close(&kernel);
}

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
	RUN(leaves_out_pages_by_class);
	RUN(looks_at_level_1_only_for_poisoned_pages);
	RUN(carries_large_pages_through_windows);
	RUN(keeps_a_section_whose_entry_is_damaged);
	RUN(says_which_sections_are_the_damaged_ones);
	RUN(keeps_memory_that_has_no_section);
	RUN(keeps_what_a_damaged_page_table_leads_to);
	RUN(keeps_what_a_missing_page_describes);
	RUN(keeps_what_a_bad_page_describes);
	RUN(keeps_all_when_nothing_can_be_classified);
	RUN(knows_plain_sparsemem);
	RUN(knows_struct_pages_of_56_bytes);
	RUN(passes_over_holes);
	RUN(survives_garbage);
	free(bits);
	return tap_done();
}
