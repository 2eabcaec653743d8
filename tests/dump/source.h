/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF vmcore that a dump was made of, and what it says about itself: for
 * checkers that share no code with capture/.  The file is mapped as a whole;
 * one that is no ELF file, or not whole, ends the program with status 1.
 */
#ifndef TESTS_DUMP_SOURCE_H
#define TESTS_DUMP_SOURCE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
	const char *path;
	const unsigned char *map;
	uint64_t size;
	const Elf64_Ehdr *ehdr;
	const Elf64_Phdr *phdrs;
	size_t n_phdrs;
	const unsigned char *notes; /* the PT_NOTE */
	uint64_t notes_len;
	const unsigned char *info; /* text of VMCOREINFO */
	uint64_t info_len;
	unsigned int n_prstatus;
	unsigned int page_shift;
	uint64_t max_pfn; /* behind the last page of the PT_LOADs */
};

/* A file mapped for reading; ends the program with status 2 when it cannot. */
const unsigned char *map_file(const char *path, uint64_t *size);

void source_open(struct source *source, const char *path);

/* Is all of the page in the file? */
bool source_has(const struct source *source, uint64_t pfn);

/* The n-th place of the page in the file: the kernel's text has two. */
const unsigned char *source_page(const struct source *source, uint64_t pfn,
				 unsigned int n);

/* By the kernel's virtual address, as far as a PT_LOAD says; or NULL. */
const unsigned char *source_virt(const struct source *source, uint64_t addr,
				 uint64_t len);

/* What is behind "KEY=" in VMCOREINFO, up to the end of the line. */
bool source_text(const struct source *source, const char *key, char *text,
		 size_t len);
bool source_number(const struct source *source, const char *key, int base,
		   int64_t *number);

#endif
