// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 66 device dumps and damaged headers: whatever the plan leaves out, its file
 * can be read to its end, and all its pieces are in the vmcore.
 */

#include <limits.h>

#include "capture/note.c"
#include "capture/plan.c"
#include "capture/plan-reader.c"
#include "capture/vmcore.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.c"
#include "tests/mkcore-lines.c"
#include "tests/mkcore-log.c"
#include "tests/fuzz/fuzz-file.h"

static void make_template(struct fuzz_vmcore *vmcore)
{
	char text[8192], *to = text;

	for (int i = 0; i < 66; i++)
		to += sprintf(to, "note LINUX 0x700\nzero %d\n%s", 44 + 4 * i,
			      i % 30 ? "" : "note CORE 1\nzero 336\n");
	sprintf(to, "load 0xffffffff81000000 0x1000000\nfill 5000 1\n"
		    "load 0xffff888000000000 0\nfill 9000 1\n");
	fuzz_vmcore(vmcore, text);
}

static void check_pieces(const struct plan *plan)
{
	uint64_t cut = plan->core->note_len - plan->note_len;

	if (plan->shift > cut || cut - plan->shift >= VMCORE_PAGE_LEN ||
	    plan->shift % VMCORE_PAGE_LEN || !plan->n_cut != !cut)
		abort();
	for (size_t i = 0; i < plan->n_pieces; i++) {
		const struct plan_piece *piece = &plan->pieces[i];
		uint64_t end = plan_piece_end(plan, i);

		if (end < piece->off ||
		    (piece->source != PLAN_ZEROS &&
		     piece->source + (end - piece->off) > plan->core->size))
			abort();
	}
}

static void read_all(const struct plan *plan)
{
	struct plan_reader reader;
	unsigned int sum = 0;
	const void *bytes;
	uint64_t off = 0;
	size_t len;

	plan_reader_init(&reader, plan);
	while (plan_read(&reader, off, &bytes, &len) == 0 && len) {
		for (size_t i = 0; i < len; i++)
			sum += ((const unsigned char *)bytes)[i];
		off += len;
	}
	if (off != plan->size || sum == UINT_MAX)
		abort();
	plan_reader_close(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_vmcore vmcore;
	struct device_dumps dumps = { 0 };
	struct vmcore core;
	struct plan plan;

	log_set_level(0);
	if (!vmcore.bytes)
		make_template(&vmcore);
	if (vmcore_open(&core, fuzz_damaged(&vmcore, 0, data, size)) == 0 &&
	    note_count_dumps(&core, &dumps.total, &dumps.notes_len) == 0 &&
	    plan_init(&plan, &core, &dumps) == 0) {
		check_pieces(&plan);
		read_all(&plan);
		plan_free(&plan);
	}
	vmcore_close(&core);
	return 0;
}
