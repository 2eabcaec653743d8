// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel whose sections, struct pages, page tables and vmcoreinfo say
 * anything: every pass over the windows gives the same bits, none of a frame
 * that is not there, and each frame is counted once.
 */

#include "capture/arch-arm64.c"
#include "capture/arch-x86_64.c"
#include "capture/arch.c"
#include "capture/filter.c"
#include "capture/memmap.c"
#include "capture/memory.c"
#include "capture/note.c"
#include "capture/page-class.c"
#include "capture/vmcore.c"
#include "capture/vmcoreinfo.c"
#include "capture/window.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.c"
#include "tests/mkcore-lines.c"
#include "tests/mkcore-log.c"
#include "tests/fuzz/fuzz-kernel.h"

/* Of two windows; most of the first one is not there, to be quick. */
#define FRAMES 36000
#define HOLE 2048
#define HOLE_END 31000

static uint64_t run(struct filter *filter, const struct memory *memory)
{
	uint8_t bits[FILTER_WINDOW_LEN], there[FILTER_WINDOW_LEN];
	uint64_t n = filter_n_windows(filter), sum = 0, pages = 0;
	const struct filter_stats *stats = filter_stats(filter);

	filter_rewind(filter);
	for (uint64_t i = 0; i < n; i++) {
		if (!filter_next(filter, bits))
			abort();
		memory_bits(memory, i * FILTER_WINDOW_PAGES,
			    FILTER_WINDOW_PAGES, there);
		for (size_t j = 0; j < FILTER_WINDOW_LEN; j++) {
			if (bits[j] & ~there[j])
				abort();
			sum = sum * 31 + bits[j];
		}
	}
	if (filter_next(filter, bits))
		abort();
	for (int i = 0; i < PAGE_CLASSES; i++)
		pages += stats->pages[i];
	if (pages != memory->n_pages ||
	    stats->no_section + stats->unreadable > stats->pages[PAGE_KEPT])
		abort();
	return sum;
}

static void filter_all(const char *path, unsigned int level)
{
	struct vmcoreinfo info;
	struct memory memory;
	struct filter *filter;
	struct vmcore core;
	uint64_t sum;

	if (vmcore_open(&core, path) < 0)
		abort();
	vmcoreinfo_load(&info, &core);
	if (memory_init(&memory, &core, arch_page_shift(&info)) < 0 ||
	    filter_new(&filter, &memory, &info, level) < 0)
		abort();
	sum = run(filter, &memory);
	if (run(filter, &memory) != sum)
		abort();
	filter_free(filter);
	memory_free(&memory);
	vmcoreinfo_free(&info);
	vmcore_close(&core);
}

/* One page of each kind, as a start. */
static void make_kernel(struct kernel_image *kernel)
{
	kernel_init(kernel, FRAMES, 64);
	kernel->hole = HOLE;
	kernel->hole_end = HOLE_END;
	for (uint64_t pfn = 100; pfn < 200; pfn++)
		kernel_page(kernel, pfn)->flags = KERNEL_LRU;
	kernel_free(kernel, 0x400, 9);
	kernel_compound(kernel, 0x600, 9);
	kernel_anon(kernel, 0x600);
	kernel_compound(kernel, 0x7c00, 10);
	kernel_anon(kernel, 0x7c00);
	kernel_free(kernel, 0x8000, 10);
	kernel_page(kernel, 300)->mapcount = KERNEL_OFFLINE;
	kernel_page(kernel, 301)->flags = KERNEL_HWPOISON;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kernel_image image;
	static struct fuzz_kernel kernel;

	log_set_level(0);
	if (!image.map) {
		make_kernel(&image);
		fuzz_kernel(&kernel, &image);
	}
	fuzz_damage(&kernel, data, size);
	filter_all(kernel.path, size ? data[size - 1] % 32 : FILTER_LEVEL_MAX);
	fuzz_repair(&kernel);
	return 0;
}
