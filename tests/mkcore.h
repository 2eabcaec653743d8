/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text description becomes an ELF vmcore; the language is described in
 * mkvmcore.c.  mkcore.c knows bytes and ELF, mkcore-lines.c the directives,
 * mkcore-log.c the logs of the kernel.  Errors end the process: this is for
 * tests only.
 */
#ifndef TESTS_MKCORE_H
#define TESTS_MKCORE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MKCORE_PAGE 4096
#define MKCORE_LABELS_MAX 64
#define MKCORE_SEGMENTS_MAX 70000
#define MKCORE_HOLES_MAX 8

struct mkcore;

/* A log under construction: the kernel's own state of it. */
struct mkcore_log {
	void (*record)(struct mkcore *core, struct mkcore_log *log,
		       uint64_t ts_nsec, const char *text, size_t len);
	uint64_t addr; /* struct printk_ringbuffer, or the indices */
	uint64_t descs, infos, data;
	uint64_t count, size; /* descriptors, bytes of text */
	uint64_t head_id, tail_id;
	uint64_t data_id; /* oldest descriptor that has its text */
	uint64_t head_lpos, tail_lpos;
	uint32_t first_idx, next_idx;
};

struct mkcore_segment {
	Elf64_Phdr phdr;
	uint64_t offset_by_hand; /* "phdr FIELD N" wins over what is laid out */
	uint64_t filesz_by_hand;
	uint64_t memsz_by_hand;
	unsigned char *data;
	size_t len; /* of data, which has no holes */
	size_t room;
	struct {
		size_t at; /* in data */
		uint64_t len;
	} holes[MKCORE_HOLES_MAX];
	size_t n_holes;
};

/* No value was given by hand. */
#define MKCORE_UNSET UINT64_MAX

struct mkcore {
	Elf64_Ehdr ehdr; /* what is 0 here is filled in */
	uint64_t phoff, phnum, xnum; /* or MKCORE_UNSET */
	struct mkcore_segment *segments;
	size_t n_segments;
	struct mkcore_segment *cur;
	bool note_open; /* its header is at note_at of cur */
	size_t note_at;
	size_t note_align;
	uint64_t descsz; /* of the open note, by hand */
	struct {
		char name[48];
		uint64_t addr;
	} labels[MKCORE_LABELS_MAX];
	size_t n_labels;
	struct mkcore_log log;
	uint64_t cut; /* bytes of the file; MKCORE_UNSET: all */
	uint64_t cut_tail;
	unsigned int line; /* for messages */
};

/* Writes the vmcore that the text describes to fd, from its start. */
void mkcore(const char *text, int fd);

struct mkcore_segment *mkcore_segment(struct mkcore *core, uint32_t type);
/* Zeros up to the alignment, then len zeros; their virtual address. */
uint64_t mkcore_reserve(struct mkcore *core, size_t align, size_t len);
/* Zeros that take no space, in whole pages. */
void mkcore_hole(struct mkcore *core, uint64_t len);
/* Bytes of the segment from a place in its data on, holes too. */
uint64_t mkcore_len(const struct mkcore_segment *seg, size_t from);
/* The bytes at an address of the current load. */
void *mkcore_at(struct mkcore *core, uint64_t addr, size_t len);
void mkcore_put(struct mkcore *core, const void *bytes, size_t len);
void mkcore_text(struct mkcore *core, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void mkcore_label(struct mkcore *core, const char *name, uint64_t addr);
/* 0 for an unknown one: it may be defined further down, see mkcore(). */
uint64_t mkcore_label_addr(const struct mkcore *core, const char *name);
void mkcore_write(struct mkcore *core, int fd);
_Noreturn void mkcore_die(const struct mkcore *core, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "SECONDS[.FRACTION]" in nanoseconds; *end is what follows. */
uint64_t mkcore_nanoseconds(const char *text, const char **end);

void mkcore_ring(struct mkcore *core, struct mkcore_log *log,
		 unsigned int count_bits, unsigned int size_bits);
void mkcore_records(struct mkcore *core, struct mkcore_log *log, uint32_t size);

/* Damage to the ring's newest record. */
void mkcore_ring_state(struct mkcore *core, struct mkcore_log *log,
		       uint64_t state);
void mkcore_ring_lpos(struct mkcore *core, struct mkcore_log *log,
		      uint64_t begin, uint64_t next);
void mkcore_ring_ids(struct mkcore *core, struct mkcore_log *log, uint64_t tail,
		     uint64_t head);

/* The lines of vmcoreinfo that tell where each log is. */
void mkcore_ring_info(struct mkcore *core);
void mkcore_records_info(struct mkcore *core);

#endif
