// SPDX-License-Identifier: GPL-2.0-or-later
/* Leaves the pages out of a plan that a filter does not keep. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/plan.h"
#include "netstream/log.h"

/* Runs of frames that are left out are counted by their length's logarithm. */
#define RUN_BITS (MEMORY_PADDR_BITS - 12 + 1)

struct segment {
	const Elf64_Phdr *phdr;
	bool whole; /* nothing of it is left out */
};

struct cut {
	const struct vmcore *core;
	unsigned int page_shift;
	struct segment *segments; /* by physical address */
	size_t n_segments;
	/* The window of the filter. */
	struct filter *filter;
	uint64_t pfn, end; /* end is UINT64_MAX when there is no more */
	uint8_t bits[FILTER_WINDOW_LEN];
	/* Frames that are left out: how many split a segment, */
	uint64_t split_min;
	uint64_t splits_left;
	uint64_t zero_min; /* and how many become zeros, if they do not */
	/* The new plan, and the segment that is being taken. */
	struct plan plan;
	uint64_t pos; /* up to which it is in the plan */
	uint64_t data_end; /* of what is in the file */
};

/* Bytes of a segment that are left out. */
struct hole {
	uint64_t start, end;
	uint64_t n; /* frames */
};

static int no_memory(const struct cut *cut)
{
	log_err("%s: no memory to leave pages out of it", cut->core->path);
	return -ENOMEM;
}

static uint64_t round_up(uint64_t off)
{
	return (off + VMCORE_PAGE_LEN - 1) & ~(VMCORE_PAGE_LEN - 1ULL);
}

static bool is_kept(struct cut *cut, uint64_t pfn)
{
	while (pfn >= cut->end) {
		cut->pfn = cut->end;
		cut->end += FILTER_WINDOW_PAGES;
		if (!filter_next(cut->filter, cut->bits))
			cut->end = UINT64_MAX;
	}
	if (cut->end == UINT64_MAX)
		return true;
	pfn -= cut->pfn;
	return cut->bits[pfn / 8] >> (pfn % 8) & 1;
}

/* The end of the frames from pfn on that are kept, or left out. */
static uint64_t run_end(struct cut *cut, uint64_t pfn, uint64_t end, bool kept)
{
	const uint8_t all = kept ? 0xff : 0;

	while (pfn < end && is_kept(cut, pfn) == kept) {
		if (cut->end == UINT64_MAX)
			return end;
		if (pfn % 8 == 0 && end - pfn >= 8 &&
		    cut->bits[(pfn - cut->pfn) / 8] == all)
			pfn += 8;
		else
			pfn++;
	}
	return pfn;
}

/* Where a frame begins in a segment, which may begin in it. */
static uint64_t frame_start(const struct cut *cut, const Elf64_Phdr *phdr,
			    uint64_t pfn)
{
	uint64_t phys = pfn << cut->page_shift;

	return phys > phdr->p_paddr ? phys - phdr->p_paddr : 0;
}

/*
 * The first hole from a frame on, which is then the one behind it.  A frame
 * whose end is not in the segment is kept: it is not known (memory.h).
 */
static bool next_hole(struct cut *cut, const Elf64_Phdr *phdr, uint64_t *pfn,
		      struct hole *hole)
{
	uint64_t end = (phdr->p_paddr + phdr->p_filesz) >> cut->page_shift;
	uint64_t first = run_end(cut, *pfn, end, true);

	*pfn = run_end(cut, first, end, false);
	hole->start = frame_start(cut, phdr, first);
	hole->end = frame_start(cut, phdr, *pfn);
	hole->n = *pfn - first;
	return hole->n > 0;
}

static int compare_segments(const void *a, const void *b)
{
	const Elf64_Phdr *x = ((const struct segment *)a)->phdr;
	const Elf64_Phdr *y = ((const struct segment *)b)->phdr;

	if (x->p_paddr != y->p_paddr)
		return x->p_paddr < y->p_paddr ? -1 : 1;
	return (x->p_filesz < y->p_filesz) - (x->p_filesz > y->p_filesz);
}

static bool overlap(const Elf64_Phdr *a, const Elf64_Phdr *b)
{
	return a->p_paddr < b->p_paddr + b->p_filesz &&
	       b->p_paddr < a->p_paddr + a->p_filesz;
}

/* The first PT_LOAD, when another one has memory of it too. */
static const Elf64_Phdr *find_text(const struct vmcore *core)
{
	const Elf64_Phdr *text = NULL;

	for (size_t i = 0; i < core->n_phdrs; i++) {
		const Elf64_Phdr *phdr = &core->phdrs[i];

		if (phdr->p_type != PT_LOAD)
			continue;
		if (!text)
			text = phdr;
		else if (overlap(text, phdr))
			return text;
	}
	return NULL;
}

/* Frames are asked for once, in order: what overlaps is taken whole. */
static int sort_segments(struct cut *cut)
{
	const struct vmcore *core = cut->core;
	const Elf64_Phdr *text = find_text(core);
	uint64_t end = 0;

	cut->segments = calloc(core->n_phdrs, sizeof(*cut->segments));
	if (!cut->segments)
		return no_memory(cut);
	for (size_t i = 0; i < core->n_phdrs; i++)
		if (core->phdrs[i].p_type != PT_NOTE)
			cut->segments[cut->n_segments++].phdr = &core->phdrs[i];
	qsort(cut->segments, cut->n_segments, sizeof(*cut->segments),
	      compare_segments);
	for (size_t i = 0; i < cut->n_segments; i++) {
		struct segment *segment = &cut->segments[i];
		const Elf64_Phdr *phdr = segment->phdr;

		segment->whole = phdr->p_type != PT_LOAD || phdr == text ||
				 phdr->p_filesz == 0 || phdr->p_paddr < end;
		if (!segment->whole)
			end = phdr->p_paddr + phdr->p_filesz;
	}
	return 0;
}

static void begin_pass(struct cut *cut)
{
	filter_rewind(cut->filter);
	cut->pfn = cut->end = 0;
}

/* Its counts are of all windows. */
static void end_pass(struct cut *cut)
{
	while (filter_next(cut->filter, cut->bits))
		;
}

/* Runs by length, but for those at the end of a segment: these come back. */
static uint64_t count_runs(struct cut *cut, uint64_t runs[static RUN_BITS])
{
	uint64_t n_last = 0;
	struct hole hole;

	begin_pass(cut);
	for (size_t i = 0; i < cut->n_segments; i++) {
		const Elf64_Phdr *phdr = cut->segments[i].phdr;
		uint64_t pfn = phdr->p_paddr >> cut->page_shift;

		if (cut->segments[i].whole)
			continue;
		while (next_hole(cut, phdr, &pfn, &hole)) {
			if (hole.end < phdr->p_filesz)
				runs[63 - __builtin_clzll(hole.n)]++;
			else
				n_last++;
		}
	}
	end_pass(cut);
	return n_last;
}

/*
 * The least lengths, powers of two, of which there are not too many runs.
 * False when there is none.
 */
static bool choose_lengths(struct cut *cut,
			   const uint64_t runs[static RUN_BITS])
{
	uint64_t room = PN_XNUM - 1 - cut->core->n_phdrs, n = 0;
	unsigned int k = RUN_BITS;

	if (room > PLAN_SPLITS_MAX)
		room = PLAN_SPLITS_MAX;
	while (1ULL << k > PLAN_SPLIT_MIN && n + runs[k - 1] <= room)
		n += runs[--k];
	cut->split_min = 1ULL << k;
	cut->splits_left = n;

	/* Zeros and what follows are two pieces, as is a segment at most. */
	room = PLAN_PIECES_MAX / 2 - PLAN_SPLITS_MAX;
	for (n = 0; 1ULL << k > PLAN_SPLIT_MIN && n + runs[k - 1] <= room;)
		n += runs[--k];
	cut->zero_min = 1ULL << k;
	return cut->splits_left || n;
}

/* Data begins in the same place of a page as in the vmcore. */
static int begin_part(struct cut *cut, const Elf64_Phdr *phdr, uint64_t start)
{
	uint64_t source = phdr->p_offset + start;
	uint64_t off = round_up(cut->plan.size) + source % VMCORE_PAGE_LEN;

	cut->plan.parts[cut->plan.n_parts++] = (struct plan_part){
		.phdr = (size_t)(phdr - cut->core->phdrs),
		.start = start,
		.off = off,
	};
	return plan_add(&cut->plan, PLAN_ZEROS, off - cut->plan.size);
}

/* Where its data and its memory end, in the segment. */
static void end_part(struct cut *cut, uint64_t data_end, uint64_t mem_end)
{
	struct plan_part *part = &cut->plan.parts[cut->plan.n_parts - 1];

	part->filesz = data_end - part->start;
	part->memsz = mem_end - part->start;
}

/* The memory may have changed since its runs were counted. */
static int take_hole(struct cut *cut, const Elf64_Phdr *phdr,
		     const struct hole *hole)
{
	struct plan *plan = &cut->plan;
	bool last = hole->end == phdr->p_filesz;
	bool split = !last && hole->n >= cut->split_min && cut->splits_left;
	int ret;

	if (!last && !split &&
	    (hole->n < cut->zero_min || plan->n_pieces >= PLAN_PIECES_MAX))
		return 0;
	ret = plan_add(plan, phdr->p_offset + cut->pos, hole->start - cut->pos);
	cut->pos = hole->end;
	plan->left_out += hole->end - hole->start;
	if (ret < 0)
		return ret;
	if (last) {
		cut->data_end = hole->start;
		return 0;
	}
	if (!split)
		return plan_add(plan, PLAN_ZEROS, hole->end - hole->start);
	cut->splits_left--;
	end_part(cut, hole->start, hole->end);
	return begin_part(cut, phdr, hole->end);
}

static int take_segment(struct cut *cut, const struct segment *segment)
{
	const Elf64_Phdr *phdr = segment->phdr;
	uint64_t pfn = phdr->p_paddr >> cut->page_shift;
	uint64_t mem_end = phdr->p_memsz;
	struct hole hole;
	int ret;

	cut->pos = 0;
	cut->data_end = phdr->p_filesz;
	ret = begin_part(cut, phdr, 0);
	while (!ret && !segment->whole && next_hole(cut, phdr, &pfn, &hole))
		ret = take_hole(cut, phdr, &hole);
	if (!ret)
		ret = plan_add(&cut->plan, phdr->p_offset + cut->pos,
			       phdr->p_filesz - cut->pos);
	if (mem_end < phdr->p_filesz)
		mem_end = phdr->p_filesz;
	end_part(cut, cut->data_end, mem_end);
	return ret;
}

/* The notes as the plan has them that is to be filtered. */
static int take_notes(struct cut *cut, const struct plan *from, size_t i)
{
	const uint64_t start = from->core->note_off;
	const uint64_t end = start + from->note_len;
	Elf64_Phdr phdr = plan_phdr(from, i);
	int ret = 0;

	cut->plan.parts[cut->plan.n_parts++] = (struct plan_part){
		.phdr = i,
		.filesz = phdr.p_filesz,
		.memsz = phdr.p_memsz,
		.off = cut->plan.size,
	};
	for (i = 0; i < from->n_pieces && !ret; i++) {
		const struct plan_piece *piece = &from->pieces[i];
		uint64_t piece_end = plan_piece_end(from, i);
		uint64_t off = piece->off > start ? piece->off : start;

		if (piece_end > end)
			piece_end = end;
		if (off < piece_end)
			ret = plan_add(&cut->plan,
				       piece->source + (off - piece->off),
				       piece_end - off);
	}
	return ret;
}

static int make_plan(struct cut *cut, const struct plan *from)
{
	const struct vmcore *core = cut->core;
	size_t max_parts = core->n_phdrs + (size_t)cut->splits_left;
	uint64_t len = sizeof(Elf64_Ehdr) + max_parts * sizeof(Elf64_Phdr);
	int ret;

	cut->plan = (struct plan){ .core = core,
				   .note_len = from->note_len,
				   .n_cut = from->n_cut,
				   .first_cut = from->first_cut };
	cut->plan.parts = calloc(max_parts, sizeof(*cut->plan.parts));
	if (!cut->plan.parts)
		return no_memory(cut);
	ret = plan_add(&cut->plan, PLAN_HEADERS, round_up(len));
	for (size_t i = 0; i < core->n_phdrs && !ret; i++)
		if (core->phdrs[i].p_type == PT_NOTE)
			ret = take_notes(cut, from, i);
	/* The kernel text is the first one as before. */
	for (size_t i = 0; i < cut->n_segments && !ret; i++)
		if (cut->segments[i].whole)
			ret = take_segment(cut, &cut->segments[i]);
	begin_pass(cut);
	for (size_t i = 0; i < cut->n_segments && !ret; i++)
		if (!cut->segments[i].whole)
			ret = take_segment(cut, &cut->segments[i]);
	end_pass(cut);
	return ret;
}

/* The file is never larger than what the segments claim, in 63 bits. */
static bool can_be_filtered(const struct vmcore *core)
{
	uint64_t left = INT64_MAX - core->n_phdrs * VMCORE_PAGE_LEN -
			PN_XNUM * sizeof(Elf64_Phdr) * 2;

	for (size_t i = 0; i < core->n_phdrs; i++) {
		if (core->phdrs[i].p_filesz > left)
			return false;
		left -= core->phdrs[i].p_filesz;
	}
	return core->n_phdrs < PN_XNUM;
}

int plan_filter(struct plan *plan, const struct memory *memory,
		struct filter *filter)
{
	struct cut cut = { .core = plan->core,
			   .page_shift = memory->page_shift,
			   .filter = filter };
	uint64_t runs[RUN_BITS] = { 0 }, n_last;
	int ret;

	if (!can_be_filtered(plan->core)) {
		log_warn("%s: nothing is left out of it: %zu segments, or too"
			 " large ones",
			 plan->core->path, plan->core->n_phdrs);
		return 0;
	}
	ret = sort_segments(&cut);
	if (!ret) {
		n_last = count_runs(&cut, runs);
		if (choose_lengths(&cut, runs) || n_last)
			ret = make_plan(&cut, plan);
	}
	if (ret < 0) {
		plan_free(&cut.plan);
	} else if (cut.plan.parts) {
		plan_free(plan);
		*plan = cut.plan;
		log_info("%s: %" PRIu64 " bytes of memory left out, %zu"
			 " program headers",
			 plan->core->path, plan->left_out, plan->n_parts);
	}
	free(cut.segments);
	return ret;
}
