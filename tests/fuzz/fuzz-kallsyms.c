// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A symbol table that is damaged somewhere, and what leads from it to the
 * per-CPU areas: nothing is read outside, every walk ends, and what is given
 * is an address of the kernel.  The first two bytes of the input say where
 * the damage begins, in any of the forms of the table.
 */

#include "capture/kallsyms.c"
#include "capture/note.c"
#include "capture/percpu.c"
#include "capture/vmcore.c"
#include "capture/vmcoreinfo.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.c"
#include "tests/mkcore-lines.c"
#include "tests/mkcore-log.c"
#include "tests/fuzz/fuzz-file.h"
#include "tests/unit/kallsyms-image.h"

#define CPUS 4
/* The image follows the headers and the note. */
#define IMAGE_OFF 8192

static struct image images[IMAGE_FORMS];
static struct fuzz_vmcore vmcores[IMAGE_FORMS];

/* The variables are in the first page, the areas are the image itself. */
static void make(enum image_form form)
{
	static const struct image_symbol symbols[] = {
		{ "D__per_cpu_start", IMAGE_TEXT + 0x200 },
		{ "T_stext", IMAGE_TEXT },
		{ "D__per_cpu_end", IMAGE_TEXT + 0x300 },
		{ "D__per_cpu_offset", IMAGE_TEXT },
		{ "Dcurrent_task", IMAGE_TEXT + 0x208 },
		{ "Dnr_cpu_ids", IMAGE_TEXT + 8 * CPUS },
		{ "Dcrash_notes", IMAGE_TEXT + 8 * CPUS + 8 },
	};
	uint64_t words[CPUS + 2] = { 0, 8, 16, 24, CPUS, IMAGE_TEXT + 0x1000 };
	char *text;

	image_init(&images[form]);
	image_put(&images[form], words, sizeof(words));
	image_kallsyms(&images[form], form, symbols,
		       sizeof(symbols) / sizeof(symbols[0]));
	text = image_text(&images[form]);
	fuzz_vmcore(&vmcores[form], text);
	free(text);
}

static bool count(void *arg, uint64_t virt, uint64_t len)
{
	size_t *n = arg;

	if (virt < KERNEL_HALF || !len || len > PERCPU_AREA_MAX ||
	    virt + len - 1 < virt ||
	    ++*n > (size_t)PERCPU_CPUS_MAX * PERCPU_RANGES_PER_CPU)
		abort();
	return true;
}

static void look(struct vmcore *core, const struct image *image, bool good)
{
	struct kallsyms_symbol symbols[] = {
		{ .name = "current_task" },
		{ .name = "_stext" },
		{ .name = "absent" },
		{ .name = "" },
	};
	size_t n = 0;
	int ret;

	ret = kallsyms_find(core, &image->info, symbols, 4);
	if (good && (ret || !symbols[0].found))
		abort();
	if (ret == 0 && (!symbols[1].found || symbols[1].value != IMAGE_TEXT))
		abort();
	if (ret < 0 && (symbols[0].found || symbols[1].found))
		abort();
	ret = percpu_ranges(core, &image->info, count, &n);
	if (good && (ret || !n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmcore core;
	unsigned int form;
	size_t off;

	log_set_level(0);
	if (!vmcores[0].bytes)
		for (int i = 0; i < IMAGE_FORMS; i++)
			make(i);
	if (size < 2)
		return 0;
	form = data[1] >> 6;
	off = IMAGE_OFF + (data[0] | (data[1] & 63U) << 8) % images[form].len;
	if (vmcore_open(&core, fuzz_damaged(&vmcores[form], off, data + 2,
					    size - 2)) < 0)
		abort();
	look(&core, &images[form], size == 2);
	vmcore_close(&core);
	return 0;
}
