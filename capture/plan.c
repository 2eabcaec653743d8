// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "capture/note.h"
#include "capture/plan.h"
#include "netstream/log.h"

#define PIECES_MIN 16

static int add_piece(struct plan *plan, uint64_t off, uint64_t source)
{
	struct plan_piece *more;
	size_t room;

	/* Nothing came between this cut and the one before. */
	if (plan->n_pieces && plan->pieces[plan->n_pieces - 1].off == off) {
		plan->pieces[plan->n_pieces - 1].source = source;
		return 0;
	}
	if (plan->n_pieces == plan->room) {
		room = plan->room ? 2 * plan->room : PIECES_MIN;
		more = realloc(plan->pieces, room * sizeof(*more));
		if (!more) {
			log_err("%s: no memory for a plan of %zu pieces",
				plan->core->path, room);
			return -ENOMEM;
		}
		plan->pieces = more;
		plan->room = room;
	}
	plan->pieces[plan->n_pieces++] = (struct plan_piece){ off, source };
	return 0;
}

/* Is this what follows the last piece, in the vmcore too? */
static bool follows(const struct plan *plan, uint64_t source)
{
	const struct plan_piece *last;

	if (plan->n_pieces == 0)
		return false;
	last = &plan->pieces[plan->n_pieces - 1];
	return last->source < PLAN_HEADERS &&
	       source == last->source + (plan->size - last->off);
}

int plan_add(struct plan *plan, uint64_t source, uint64_t len)
{
	int ret = 0;

	if (len == 0)
		return 0;
	if (!follows(plan, source))
		ret = add_piece(plan, plan->size, source);
	if (!ret)
		plan->size += len;
	return ret;
}

static uint64_t notes_end(const struct vmcore *core)
{
	return core->note_off + core->note_len;
}

/* PT_NOTE must have a place of its own, behind the headers, to be cut. */
static bool can_be_cut(const struct vmcore *core)
{
	if (core->headers_end > core->note_off)
		return false;
	for (size_t i = 0; i < core->n_phdrs; i++) {
		const Elf64_Phdr *phdr = &core->phdrs[i];

		if (phdr->p_type != PT_NOTE && phdr->p_filesz &&
		    phdr->p_offset < notes_end(core) &&
		    phdr->p_offset + phdr->p_filesz > core->note_off)
			return false;
	}
	return true;
}

/*
 * Takes dumps in their order as long as they fit; *cut are the bytes of those
 * that do not.  One that is too large does not keep out what follows.
 */
static int cut_notes(struct plan *plan, const struct device_dumps *dumps,
		     uint64_t *cut)
{
	uint64_t others = plan->core->note_len - dumps->notes_len;
	uint64_t left = others < PLAN_NOTES_MAX ? PLAN_NOTES_MAX - others : 0;
	struct note_walk walk;
	struct note note;
	uint64_t n = 0; /* taken */
	int ret;

	*cut = 0;
	note_walk_init(&walk, plan->core);
	while ((ret = note_next(plan->core, &walk, &note)) > 0) {
		uint64_t len = walk.pos - note.off;

		if (!note_is_device_dump(&note))
			continue;
		if (n < PLAN_DUMPS_MAX && len <= left) {
			left -= len;
			n++;
			continue;
		}
		ret = add_piece(plan, note.off - *cut, walk.pos);
		if (ret < 0)
			return ret;
		*cut += len;
		if (!plan->n_cut++)
			plan->first_cut = n;
	}
	return ret;
}

/* Zeros behind the notes, so that offsets stay where they are in a page. */
static int fill_page(struct plan *plan, uint64_t cut)
{
	uint64_t rest = cut % VMCORE_PAGE_LEN;
	uint64_t end = notes_end(plan->core) - cut;
	int ret;

	plan->shift = cut - rest;
	if (!rest)
		return 0;
	ret = add_piece(plan, end, PLAN_ZEROS);
	if (!ret)
		ret = add_piece(plan, end + rest, notes_end(plan->core));
	return ret;
}

static void log_cut(const struct plan *plan, const struct device_dumps *dumps)
{
	log_warn("%s: %" PRIu64 " of %" PRIu64 " device dumps, the first of"
		 " them number %" PRIu64 ", are left out of the object vmcore:"
		 " crash and makedumpfile take %u dumps and %llu bytes of"
		 " notes, and there are %" PRIu64,
		 plan->core->path, plan->n_cut, dumps->total, plan->first_cut,
		 PLAN_DUMPS_MAX, PLAN_NOTES_MAX, plan->core->note_len);
}

int plan_init(struct plan *plan, const struct vmcore *core,
	      const struct device_dumps *dumps)
{
	uint64_t cut = 0;
	int ret;

	*plan = (struct plan){ .core = core };
	ret = add_piece(plan, 0, 0);
	if (!ret && (dumps->total > PLAN_DUMPS_MAX ||
		     (dumps->total && core->note_len > PLAN_NOTES_MAX))) {
		if (can_be_cut(core))
			ret = cut_notes(plan, dumps, &cut);
		else
			log_warn("%s: too many device dumps for crash, and no"
				 " way to leave some out: other segments are"
				 " among the notes",
				 core->path);
	}
	if (!ret)
		ret = fill_page(plan, cut);
	if (ret < 0) {
		plan_free(plan);
		return ret;
	}
	plan->note_len = core->note_len - cut;
	plan->size = core->size - plan->shift;
	if (plan->n_cut)
		log_cut(plan, dumps);
	return 0;
}

void plan_free(struct plan *plan)
{
	free(plan->pieces);
	free(plan->parts);
	*plan = (struct plan){ .core = plan->core };
}

size_t plan_n_phdrs(const struct plan *plan)
{
	return plan->parts ? plan->n_parts : plan->core->n_phdrs;
}

static Elf64_Phdr part_phdr(const struct plan *plan,
			    const struct plan_part *part)
{
	Elf64_Phdr phdr = plan->core->phdrs[part->phdr];

	phdr.p_offset = part->filesz ? part->off : 0;
	phdr.p_vaddr += part->start;
	phdr.p_paddr += part->start;
	phdr.p_filesz = part->filesz;
	phdr.p_memsz = part->memsz;
	return phdr;
}

Elf64_Phdr plan_phdr(const struct plan *plan, size_t i)
{
	Elf64_Phdr phdr;

	if (plan->parts)
		return part_phdr(plan, &plan->parts[i]);
	phdr = plan->core->phdrs[i];
	if (phdr.p_type == PT_NOTE) {
		if (phdr.p_memsz == phdr.p_filesz)
			phdr.p_memsz = plan->note_len;
		phdr.p_filesz = plan->note_len;
	} else if (phdr.p_offset >= notes_end(plan->core)) {
		phdr.p_offset -= plan->shift;
	}
	return phdr;
}

uint64_t plan_piece_end(const struct plan *plan, size_t i)
{
	return i + 1 < plan->n_pieces ? plan->pieces[i + 1].off : plan->size;
}

bool plan_find(const struct plan *plan, uint64_t source, uint64_t *off)
{
	for (size_t i = 0; i < plan->n_pieces; i++) {
		const struct plan_piece *piece = &plan->pieces[i];
		uint64_t len = plan_piece_end(plan, i) - piece->off;

		if (piece->source == PLAN_ZEROS ||
		    piece->source == PLAN_HEADERS || source < piece->source ||
		    source - piece->source >= len)
			continue;
		*off = piece->off + (source - piece->source);
		return true;
	}
	return false;
}
