// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 66 device dumps, damaged headers and any pages left out: whatever the plan
 * leaves out, its file can be read to its end, all its pieces are in the
 * vmcore, and it opens as one.
 */

#include <limits.h>

#include "capture/plan.h"

/* So that the few pages here are enough to meet the limits. */
#undef PLAN_SPLIT_MIN
#define PLAN_SPLIT_MIN 1
#undef PLAN_SPLITS_MAX
#define PLAN_SPLITS_MAX 3
#undef PLAN_PIECES_MAX
#define PLAN_PIECES_MAX 20

#include "capture/memory.c"
#include "capture/note.c"
#include "capture/plan.c"
#include "capture/plan-filter.c"
#include "capture/plan-reader.c"
#include "capture/vmcore.c"
#include "capture/window.c"
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
		    "load 0xffff888000000000 0\nfill 9000 1\n"
		    "load 0xffff888000100000 0x100000\nfill 99000 1\n");
	fuzz_vmcore(vmcore, text);
}

/* Any bits will do, and others in the second pass. */
static struct {
	const uint8_t *data;
	size_t size;
	size_t pos;
	unsigned int windows; /* of a pass */
} input;

void filter_rewind(struct filter *filter)
{
	(void)filter;
	input.windows = 0;
}

bool filter_next(struct filter *filter, uint8_t bits[static FILTER_WINDOW_LEN])
{
	(void)filter;
	/* Nobody has to wait for 52 bits of address. */
	if (!input.size || ++input.windows > 16)
		return false;
	for (size_t i = 0; i < FILTER_WINDOW_LEN; i++)
		bits[i] = input.data[(input.pos + i / 64) % input.size];
	input.pos += 7;
	return true;
}

static void check_shift(const struct plan *plan)
{
	uint64_t cut = plan->core->note_len - plan->note_len;

	if (plan->shift > cut || cut - plan->shift >= VMCORE_PAGE_LEN ||
	    plan->shift % VMCORE_PAGE_LEN || !plan->n_cut != !cut)
		abort();
}

static void check_pieces(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_pieces; i++) {
		const struct plan_piece *piece = &plan->pieces[i];
		uint64_t end = plan_piece_end(plan, i);

		if (end < piece->off ||
		    (piece->source < PLAN_HEADERS &&
		     piece->source + (end - piece->off) > plan->core->size))
			abort();
	}
}

/* Segments are in the file, and none has more data than memory. */
static void check_parts(const struct plan *plan, size_t n_before)
{
	size_t n = plan_n_phdrs(plan);

	if (n > plan->core->n_phdrs + PLAN_SPLITS_MAX || n >= PN_XNUM)
		abort();
	/* Of the headers, the notes, zeros, splits, and a pad for each. */
	if (plan->n_pieces > 1 + n_before + PLAN_PIECES_MAX + 2 + 2 * n)
		abort();
	for (size_t i = 0; i < n; i++) {
		const struct plan_part *part = &plan->parts[i];
		const Elf64_Phdr *was = &plan->core->phdrs[part->phdr];

		if (part->filesz && (part->off > plan->size ||
				     part->filesz > plan->size - part->off))
			abort();
		if (was->p_type == PT_LOAD && part->filesz > part->memsz &&
		    was->p_filesz <= was->p_memsz)
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
	struct memory memory;
	struct vmcore core;
	struct plan plan;
	size_t n_pieces;

	log_set_level(0);
	if (!vmcore.bytes)
		make_template(&vmcore);
	if (vmcore_open(&core, fuzz_damaged(&vmcore, 0, data, size)) == 0 &&
	    note_count_dumps(&core, &dumps.total, &dumps.notes_len) == 0 &&
	    plan_init(&plan, &core, &dumps) == 0) {
		check_shift(&plan);
		check_pieces(&plan);
		read_all(&plan);
		if (memory_init(&memory, &core, 12 + size % 3 * 2) == 0) {
			input.data = data;
			input.size = size;
			input.pos = 0;
			n_pieces = plan.n_pieces;
			if (plan_filter(&plan, &memory, NULL) == 0 &&
			    plan.parts) {
				check_parts(&plan, n_pieces);
				check_pieces(&plan);
				read_all(&plan);
			}
			memory_free(&memory);
		}
		plan_free(&plan);
	}
	vmcore_close(&core);
	return 0;
}
