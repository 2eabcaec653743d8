// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * elf-check ELF VMCORE DUMP: is the ELF file this ELF vmcore without some of
 * its pages, which are behind the p_filesz of a PT_LOAD then, and has it every
 * page that the kdump-compressed DUMP has, but for zero pages?
 *
 * Prints counts, "NAME NUMBER" on each line.  What is wrong is a line each
 * that begins with the file's name; then the exit status is 1.  2: it could
 * not check.
 */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/dump/kdump.h"
#include "tests/dump/source.h"

#define BAD_LINES 20

static const unsigned char zeroes[65536];

struct check {
	struct source elf;
	struct source source;
	struct kdump dump;
	unsigned long n_bad;
	uint64_t n_written; /* pages */
	uint64_t n_unwanted; /* of them, those that the dump has not */
	uint64_t n_zero; /* pages of the dump that are not here */
};

static void __attribute__((format(printf, 2, 3)))
bad(struct check *check, const char *format, ...)
{
	va_list args;

	if (check->n_bad++ >= BAD_LINES)
		return;
	printf("%s: ", check->elf.path);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static void check_headers(struct check *check)
{
	const Elf64_Ehdr *a = check->elf.ehdr, *b = check->source.ehdr;

	if (memcmp(a->e_ident, b->e_ident, EI_NIDENT) ||
	    a->e_type != b->e_type || a->e_machine != b->e_machine ||
	    a->e_flags != b->e_flags)
		bad(check, "the ELF header is another");
	if (a->e_phoff != sizeof(*a))
		bad(check,
		    "the program headers are not where crash reads them");
	if (check->elf.notes_len != check->source.notes_len ||
	    memcmp(check->elf.notes, check->source.notes,
		   check->source.notes_len))
		bad(check, "the notes are not those of the vmcore");
}

/* No byte of the file belongs to two of the headers. */
static void check_places(struct check *check)
{
	const struct source *elf = &check->elf;
	uint64_t first = sizeof(Elf64_Ehdr) + elf->n_phdrs * sizeof(Elf64_Phdr);

	for (size_t i = 0; i < elf->n_phdrs; i++) {
		const Elf64_Phdr *a = &elf->phdrs[i];

		if (a->p_filesz && a->p_offset < first)
			bad(check, "phdr %zu is among the headers", i);
		for (size_t j = 0; j < i; j++) {
			const Elf64_Phdr *b = &elf->phdrs[j];

			if (a->p_offset < b->p_offset + b->p_filesz &&
			    b->p_offset < a->p_offset + a->p_filesz)
				bad(check, "phdrs %zu and %zu overlap", j, i);
		}
	}
}

/* A page of a PT_LOAD; page is NULL when it is behind its p_filesz. */
static void check_page(struct check *check, const unsigned char *page,
		       const unsigned char *was, uint64_t pfn)
{
	bool wanted = pfn < check->dump.max_pfn &&
		      kdump_bit(check->dump.bitmap2, pfn);
	uint64_t len = 1ULL << check->source.page_shift;

	if (page && memcmp(page, was, len))
		bad(check, "page %#llx: not what it was",
		    (unsigned long long)pfn);
	check->n_written += page != NULL;
	check->n_unwanted += page && !wanted;
	if (page || !wanted)
		return;
	check->n_zero++;
	if (memcmp(was, zeroes, len))
		bad(check, "page %#llx is left out", (unsigned long long)pfn);
}

/* A PT_LOAD that begins at in the one of the vmcore. */
static void check_load(struct check *check, const Elf64_Phdr *load,
		       const Elf64_Phdr *was, uint64_t at)
{
	uint64_t len = 1ULL << check->source.page_shift;
	const unsigned char *page = check->elf.map + load->p_offset;
	const unsigned char *source = check->source.map + was->p_offset + at;

	if (load->p_vaddr != was->p_vaddr + at || load->p_flags != was->p_flags)
		bad(check, "PT_LOAD of %#llx: another address or flags",
		    (unsigned long long)load->p_paddr);
	if (load->p_filesz > load->p_memsz || load->p_filesz % len)
		bad(check, "PT_LOAD of %#llx: p_filesz",
		    (unsigned long long)load->p_paddr);
	for (uint64_t i = 0; i + len <= load->p_memsz; i += len)
		check_page(check, i + len <= load->p_filesz ? page + i : NULL,
			   source + i, (load->p_paddr + i) / len);
}

/* The PT_LOADs of the file are pieces of the vmcore's, in their order. */
static void check_loads(struct check *check)
{
	const struct source *elf = &check->elf;
	size_t next = 0;

	for (size_t i = 0; i < check->source.n_phdrs; i++) {
		const Elf64_Phdr *was = &check->source.phdrs[i];
		uint64_t at = 0;

		if (was->p_type != PT_LOAD)
			continue;
		while (at < was->p_memsz) {
			while (next < elf->n_phdrs &&
			       elf->phdrs[next].p_type != PT_LOAD)
				next++;
			if (next == elf->n_phdrs ||
			    elf->phdrs[next].p_paddr != was->p_paddr + at ||
			    elf->phdrs[next].p_memsz > was->p_memsz - at)
				return bad(check, "no PT_LOAD begins at %#llx",
					   (unsigned long long)was->p_paddr +
						   at);
			check_load(check, &elf->phdrs[next], was, at);
			at += elf->phdrs[next++].p_memsz;
		}
	}
	while (next < elf->n_phdrs)
		if (elf->phdrs[next++].p_type == PT_LOAD)
			bad(check, "more PT_LOADs than the vmcore");
}

int main(int argc, char **argv)
{
	static struct check check;
	const char *wrong;

	if (argc != 4)
		errx(2, "see the first lines of its source");
	source_open(&check.elf, argv[1]);
	source_open(&check.source, argv[2]);
	wrong = kdump_open(&check.dump, argv[3]);
	if (wrong)
		errx(2, "%s: %s", argv[3], wrong);
	check_headers(&check);
	check_places(&check);
	check_loads(&check);
	printf("written %llu\n", (unsigned long long)check.n_written);
	printf("unwanted %llu\n", (unsigned long long)check.n_unwanted);
	printf("zero-left-out %llu\n", (unsigned long long)check.n_zero);
	if (check.n_bad > BAD_LINES)
		printf("%s: %lu more\n", argv[1], check.n_bad - BAD_LINES);
	return check.n_bad != 0;
}
