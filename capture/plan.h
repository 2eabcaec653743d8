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
 * Whoever reads the crashed kernel's data goes on reading the vmcore.
 */
#ifndef CAPTURE_PLAN_H
#define CAPTURE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/device-dumps.h"
#include "capture/vmcore.h"

#define PLAN_DUMPS_MAX 64
#define PLAN_NOTES_MAX 0x7ffff000ULL

/* It ends where the next one begins, the last one at the end of the file. */
struct plan_piece {
	uint64_t off; /* in the file */
	uint64_t source; /* in the vmcore, or PLAN_ZEROS */
};

#define PLAN_ZEROS UINT64_MAX

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
};

/* Core is borrowed.  0, -ENOMEM or -EIO (logged). */
int plan_init(struct plan *plan, const struct vmcore *core,
	      const struct device_dumps *dumps);
void plan_free(struct plan *plan);

/* The program header as it is in the file. */
Elf64_Phdr plan_phdr(const struct plan *plan, size_t i);

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
