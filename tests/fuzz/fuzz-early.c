// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page tables, stack pointers and arrays of a damaged kernel, and ranges of any
 * address and length from its log and its per-CPU areas: the pages that go
 * first are few enough, in order, each once.  The input: two ranges, then
 * lines of damage as fuzz-filter has them.
 */

#include "capture/arch-arm64.c"
#include "capture/arch-x86_64.c"
#include "capture/arch.c"
#include "capture/cpus.c"
#include "capture/early.c"
#include "capture/memory.c"
#include "capture/note.c"
#include "capture/vmcore.c"
#include "capture/vmcoreinfo.c"
#include "capture/window.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.c"
#include "tests/mkcore-lines.c"
#include "tests/mkcore-log.c"
#include "tests/fuzz/fuzz-kernel.h"

#define FRAMES 4000

static uint64_t ranges[4]; /* address and length, twice */

int dmesg_ranges(struct vmcore *core, const struct vmcoreinfo *info,
		 dmesg_range range, void *arg)
{
	(void)core, (void)info;
	range(arg, ranges[0], ranges[1] % DMESG_BUF_MAX);
	return 0;
}

int percpu_ranges(struct vmcore *core, const struct vmcoreinfo *info,
		  percpu_range range, void *arg)
{
	(void)core, (void)info;
	range(arg, ranges[2], ranges[3] % PERCPU_AREA_MAX);
	return 0;
}

static void find_all(const char *path)
{
	struct vmcoreinfo info;
	struct memory memory;
	struct vmcore core;
	struct early early;

	if (vmcore_open(&core, path) < 0)
		abort();
	vmcoreinfo_load(&info, &core);
	if (memory_init(&memory, &core, arch_page_shift(&info)) < 0)
		abort();
	early_find(&early, &memory, &info);
	if (early.n > EARLY_PAGES_MAX)
		abort();
	for (size_t i = 1; i < early.n; i++)
		if (early.pages[i].pfn <= early.pages[i - 1].pfn)
			abort();
	early_free(&early);
	memory_free(&memory);
	vmcoreinfo_free(&info);
	vmcore_close(&core);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kernel_image image;
	static struct fuzz_kernel kernel;

	log_set_level(0);
	if (size < sizeof(ranges))
		return 0;
	if (!image.map) {
		kernel_init(&image, FRAMES, 64);
		fuzz_kernel(&kernel, &image);
	}
	memcpy(ranges, data, sizeof(ranges));
	fuzz_damage(&kernel, data + sizeof(ranges), size - sizeof(ranges));
	find_all(kernel.path);
	fuzz_repair(&kernel);
	return 0;
}
