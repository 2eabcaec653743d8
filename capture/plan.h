/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan of the file that a vmcore becomes at the target: which parts of
 * the vmcore in which order, behind headers that fit.
 *
 * As a rule it is the vmcore as it is, one piece.  But who reads the file
 * takes all of PT_NOTE with one read() (crash, makedumpfile), which ends at
 * 0x7ffff000 bytes, and at most 64 device dumps (NR_DEVICE_DUMPS of crash).
 * So the device dumps beyond that are left out, PT_NOTE is shorter, and what
 * is behind it moves up by whole pages.  What is left out is in its own
 * object all the same.
 *
 *	vmcore	|headers|dump 0|dump 1 ...|dump 64|CORE|VMCOREINFO|loads ...
 *	plan	|headers|dump 0|dump 1 ...|CORE|VMCOREINFO|loads ...
 *
 * With a filter (plan_filter()) the pages that it leaves out are no part of
 * the file either, in the way of makedumpfile -E: what a PT_LOAD lacks at its
 * end (p_filesz < p_memsz) is zeros for who reads it, and behind a long run
 * of such pages another PT_LOAD begins.  Shorter runs are in the file.  Where
 * there would be too many PT_LOADs, the longest runs have one; the others are
 * zeros in the file, which are not sent and become holes.
 *
 *	vmcore	|headers|notes|text|memory ..............................|
 *	plan	|headers |notes|text|memory ...|memory .......|memory ...|
 *
 * Whoever reads the crashed kernel's data goes on reading the vmcore.
 */
#ifndef CAPTURE_PLAN_H
#define CAPTURE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/device-dumps.h"
#include "capture/filter.h"
#include "capture/memory.h"
#include "capture/window.h"

#define PLAN_DUMPS_MAX 64
#define PLAN_NOTES_MAX 0x7ffff000ULL

/* Frames left out behind which a PT_LOAD begins: PFN_EXCLUDED of makedumpfile. */
#define PLAN_SPLIT_MIN 256
/* PT_LOADs more than in the vmcore; readers look through all of them. */
#define PLAN_SPLITS_MAX 16384
/* Pieces of a filtered file, but for segments that are whole: 1 MiB. */
#define PLAN_PIECES_MAX 65536

/* It ends where the next one begins, the last one at the end of the file. */
struct plan_piece {
	uint64_t off; /* in the file */
	uint64_t source; /* in the vmcore, or one of these: */
};

#define PLAN_ZEROS UINT64_MAX
#define PLAN_HEADERS (UINT64_MAX - 1) /* of a filtered file, and zeros */

/* A segment of a filtered file: part of one of the vmcore, or all of it. */
struct plan_part {
	size_t phdr; /* number of the one in the vmcore */
	uint64_t start; /* where in it */
	uint64_t filesz;
	uint64_t memsz;
	uint64_t off; /* in the file */
};

struct plan {
	const struct vmcore *core;
	uint64_t size; /* of the file */
	uint64_t note_len; /* of its PT_NOTE, which begins where it did */
	uint64_t shift; /* by which the segments behind PT_NOTE move up */
	uint64_t n_cut; /* device dumps left out */
	uint64_t first_cut; /* number of the first one, from 0 */
	struct plan_piece *pieces; /* one for a vmcore as it is */
	size_t n_pieces;
	size_t room;
	struct plan_part *parts; /* NULL: nothing is filtered */
	size_t n_parts;
	uint64_t left_out; /* bytes of memory that the filter leaves out */
};

/* Core is borrowed.  0, -ENOMEM or -EIO (logged). */
int plan_init(struct plan *plan, const struct vmcore *core,
	      const struct device_dumps *dumps);
void plan_free(struct plan *plan);

/*
 * Leaves out what the filter does not keep, in two passes over it; the counts
 * of the filter are those of the file then.  The kernel
 * text, which is in the vmcore a second time, is taken whole.  Nothing changes
 * when there is nothing to leave out or when the headers make no sense (this
 * is logged); -ENOMEM (logged) leaves the plan as it was too.
 */
int plan_filter(struct plan *plan, const struct memory *memory,
		struct filter *filter);

size_t plan_n_phdrs(const struct plan *plan);
/* The program header as it is in the file. */
Elf64_Phdr plan_phdr(const struct plan *plan, size_t i);

/*
 * Adds a piece to the end of a plan under construction, or adds to the last
 * one what follows it in the vmcore too.  -ENOMEM, logged.
 */
int plan_add(struct plan *plan, uint64_t source, uint64_t len);

/* Where a piece ends in the file. */
uint64_t plan_piece_end(const struct plan *plan, size_t i);

/* Where a byte of the vmcore is in the file; false when it is left out. */
bool plan_find(const struct plan *plan, uint64_t source, uint64_t *off);

/*
 * Reads the file from its first byte to its last, through windows.  Pages of
 * device dumps that the driver cannot read (-EIO and others) are zeros: they
 * are device memory, and the rest of the file does not depend on them.
 */
struct plan_reader {
	const struct plan *plan;
	struct window window;
	size_t piece; /* that the last offset was in */
	unsigned char *headers; /* a page of them, when they are changed */
	struct note_walk walk; /* behind the dump that it has found last */
	uint64_t dump_off, dump_end; /* its data */
	uint64_t dump_before; /* end of the data of the one before */
	uint64_t unreadable; /* bytes that became zeros */
};

void plan_reader_init(struct plan_reader *reader, const struct plan *plan);
void plan_reader_close(struct plan_reader *reader);

/*
 * *ret are the *len bytes at off, good until the next call; *len is 0 at the
 * end.  -EIO or -ENOMEM (logged).
 */
int plan_read(struct plan_reader *reader, uint64_t off, const void **ret,
	      size_t *len);

#endif
