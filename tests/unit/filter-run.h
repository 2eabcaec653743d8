/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the page filter makes of a kernel image, for its tests. */
#ifndef TESTS_UNIT_FILTER_RUN_H
#define TESTS_UNIT_FILTER_RUN_H

#include "capture/filter.h"
#include "tests/tap.h"
#include "tests/unit/kernel-image.h"

/* 6.1 MiB of struct pages: three windows and a bit. */
#define FRAMES 100000ULL
#define SECTION_FRAMES (1U << KERNEL_SECTION_SHIFT)

static struct kernel_image kernel;
static uint8_t *bits; /* of all windows */
static struct filter_stats stats;

static inline bool is_kept(uint64_t pfn)
{
	return bits[pfn / 8] >> pfn % 8 & 1;
}

static inline void check_kept(uint64_t from, uint64_t to, bool want)
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

static inline void machine_open(struct machine *machine, const char *path,
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

static inline void machine_close(struct machine *machine)
{
	filter_free(machine->filter);
	memory_free(&machine->memory);
	vmcoreinfo_free(&machine->info);
	vmcore_close(&machine->core);
}

/* All windows into bits, twice: the second time gives the same. */
static inline void run(struct machine *machine)
{
	uint64_t n = filter_n_windows(machine->filter);
	uint8_t again[FILTER_WINDOW_LEN];
	uint64_t sum = 0;

	free(bits);
	bits = malloc(n * FILTER_WINDOW_LEN + 1);
	filter_rewind(machine->filter);
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
static inline void filter_image(unsigned int level)
{
	struct machine machine;

	machine_open(&machine, kernel_vmcore(&kernel), level);
	CHECK(!filter_why(machine.filter));
	run(&machine);
	machine_close(&machine);
}

static inline void make_kernel(void)
{
	kernel_init(&kernel, FRAMES, 64);
}

#endif
