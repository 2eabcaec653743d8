// SPDX-License-Identifier: GPL-2.0-or-later
/* A damaged header: no crash, and nothing is read outside the file. */

#include <limits.h>

#include "capture/vmcore.c"
#include "capture/window.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.c"
#include "tests/mkcore-lines.c"
#include "tests/mkcore-log.c"
#include "tests/fuzz/fuzz-file.h"

static void read_ends(struct vmcore *core)
{
	const Elf64_Phdr *phdr = core->phdrs;
	char buf[64];

	for (size_t i = 0; i < core->n_phdrs; i++, phdr++) {
		vmcore_read_virt(core, phdr->p_vaddr, buf, sizeof(buf));
		vmcore_read_virt(core, phdr->p_vaddr + phdr->p_filesz - 8, buf,
				 sizeof(buf));
		vmcore_read_phys(core, phdr->p_paddr + phdr->p_filesz - 8, buf,
				 sizeof(buf));
	}
}

static void walk(const struct vmcore *core)
{
	struct window window;
	unsigned int sum = 0;
	const void *bytes;
	uint64_t off = 0;
	size_t len;

	window_init(&window, core);
	while (window_at(&window, off, &bytes, &len) == 0 && len) {
		for (size_t i = 0; i < len; i++)
			sum += ((const unsigned char *)bytes)[i];
		off += len;
	}
	if (off != core->size || sum == UINT_MAX)
		abort();
	window_close(&window);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_vmcore vmcore;
	struct vmcore core;

	log_set_level(0);
	if (!vmcore.bytes)
		fuzz_vmcore(&vmcore, "note CORE 1\nzero 336\n"
				     "load 0xffffffff81000000 0x1000000\n"
				     "fill 5000 1\n"
				     "load 0xffff888000000000 0\n"
				     "fill 9000 1\n");
	if (vmcore_open(&core, fuzz_damaged(&vmcore, 0, data, size)) == 0) {
		if (core.size > vmcore.len || core.n_loads > core.n_phdrs ||
		    core.note_off + core.note_len > core.size)
			abort();
		read_ends(&core);
		walk(&core);
	}
	vmcore_close(&core);
	return 0;
}
