// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page tables and vmcoreinfo that say anything, of both machines: each walk
 * ends, and what it leads to is said with a length.
 */

#include "capture/arch-arm64.c"
#include "capture/arch-x86_64.c"
#include "capture/arch.c"
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

#define TABLES_MAX 3000

/* Not without end: tables may lead to each other. */
static bool see(void *arg, uint64_t pfn)
{
	(void)pfn;
	return ++*(unsigned int *)arg < TABLES_MAX;
}

static void look_up(struct arch *arch, uint64_t virt)
{
	uint64_t phys = 0, len = 0;

	if (arch_translate(arch, virt, &phys, &len) == 0 &&
	    (len == 0 || len > 1ULL << 52 || phys + len < phys))
		abort();
}

static void use(struct arch *arch, const struct memory *memory,
		const struct vmcoreinfo *info)
{
	unsigned int seen = 0;

	if (arch_init(arch, memory, info) < 0)
		return;
	for (uint64_t at = 0; at < 64 * 4096; at += 4096 + 8) {
		look_up(arch, KERNEL_VMEMMAP + at * 64);
		look_up(arch, IMAGE_DIRECT + at * 4096);
		look_up(arch, IMAGE_TEXT + at);
		look_up(arch, at * 0x123456789abcdef);
	}
	look_up(arch, UINT64_MAX);
	arch_walk_tables(arch, see, &seen);
	if (seen > TABLES_MAX)
		abort();
}

/* What arm64 looks for; the tables are those of x86_64. */
#define ARM64_INFO                                    \
	"SYMBOL(swapper_pg_dir)=ffff800011001000\n"   \
	"SYMBOL(_stext)=ffff800010081000\n"           \
	"NUMBER(VA_BITS)=48\n"                        \
	"NUMBER(MAX_PHYSMEM_BITS)=48\n"               \
	"NUMBER(kimage_voffset)=0xffff800011000000\n" \
	"NUMBER(PHYS_OFFSET)=0x0\n"                   \
	"NUMBER(TCR_EL1_T1SZ)=0x10\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kernel_image image;
	static struct fuzz_kernel kernel;
	static struct arch arch;
	struct vmcoreinfo info;
	struct memory memory;
	struct vmcore core;

	log_set_level(0);
	if (!image.map) {
		kernel_init(&image, 4096, 64);
		image.info = ARM64_INFO KERNEL_INFO;
		fuzz_kernel(&kernel, &image);
	}
	fuzz_damage(&kernel, data, size);
	if (vmcore_open(&core, kernel.path) < 0)
		abort();
	if (size && data[size - 1] & 1)
		core.machine = EM_AARCH64;
	vmcoreinfo_load(&info, &core);
	if (memory_init(&memory, &core, arch_page_shift(&info)) < 0)
		abort();
	use(&arch, &memory, &info);
	memory_free(&memory);
	vmcoreinfo_free(&info);
	vmcore_close(&core);
	fuzz_repair(&kernel);
	return 0;
}
