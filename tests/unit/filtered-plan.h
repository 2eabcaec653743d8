/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan that is filtered by a rule instead of the kernel's struct pages.
 * filtered_open() makes it, filtered_compare() opens the file as a vmcore and
 * compares it with the one that it was made from, byte by byte.
 */
#ifndef TESTS_UNIT_FILTERED_PLAN_H
#define TESTS_UNIT_FILTERED_PLAN_H

#include <stdlib.h>

#include "capture/plan.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

static struct {
	/* Runs of frames that are left out: from, to; the last one is empty. */
	const uint64_t (*runs)[2];
	bool (*left_out)(uint64_t pfn); /* or this says it */
	uint64_t window; /* the next one */
	uint64_t windows; /* how many there are; 0: as many as needed */
	unsigned int pass;
} rule;

static struct device_dumps dumps;
static struct vmcore core;
static struct memory memory;
static struct plan plan;

static inline bool is_left_out(uint64_t pfn)
{
	if (rule.left_out)
		return rule.left_out(pfn);
	for (size_t i = 0; rule.runs[i][1]; i++)
		if (pfn >= rule.runs[i][0] && pfn < rule.runs[i][1])
			return true;
	return false;
}

void filter_rewind(struct filter *filter)
{
	(void)filter;
	rule.window = 0;
	rule.pass++;
}

bool filter_next(struct filter *filter, uint8_t bits[static FILTER_WINDOW_LEN])
{
	uint64_t pfn = rule.window++ * FILTER_WINDOW_PAGES;

	(void)filter;
	if (pfn >= memory.max_pfn ||
	    (rule.windows && rule.window > rule.windows))
		return false;
	memset(bits, 0, FILTER_WINDOW_LEN);
	for (uint64_t i = 0; i < FILTER_WINDOW_PAGES; i++)
		if (!is_left_out(pfn + i))
			bits[i / 8] |= (uint8_t)(1 << i % 8);
	return true;
}

/* Filters by the rule; what is logged comes back. */
static inline const char *filtered_open(const char *description,
					unsigned int page_shift)
{
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	CHECK_INT(memory_init(&memory, &core, page_shift), 0);
	log_take();
	CHECK_INT(device_dumps_load(&dumps, &core), 0);
	CHECK_INT(plan_init(&plan, &core, &dumps), 0);
	rule.pass = 0;
	CHECK_INT(plan_filter(&plan, &memory, NULL), 0);
	return log_taken();
}

static inline void filtered_close(void)
{
	plan_free(&plan);
	device_dumps_free(&dumps);
	memory_free(&memory);
	vmcore_close(&core);
	rule.runs = NULL;
	rule.left_out = NULL;
}

/* The file, and it opens as a vmcore. */
static inline unsigned char *filtered_read(struct vmcore *file)
{
	unsigned char *bytes = malloc(plan.size);
	struct plan_reader reader;
	static char path[64];
	static int fd = -1;
	const void *buf;
	uint64_t off = 0;
	size_t len;

	plan_reader_init(&reader, &plan);
	while (off < plan.size) {
		CHECK_INT(plan_read(&reader, off, &buf, &len), 0);
		CHECK(len > 0 && len <= plan.size - off);
		if (!len || len > plan.size - off)
			break;
		memcpy(bytes + off, buf, len);
		off += len;
	}
	plan_reader_close(&reader);
	if (fd >= 0)
		close(fd);
	fd = memfd_create("filtered", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_INT(write(fd, bytes, plan.size), (int64_t)plan.size);
	CHECK_INT(vmcore_open(file, path), 0);
	return bytes;
}

/* Data of a segment at an address, from the first one that has the memory. */
static inline const unsigned char *part_at(const struct vmcore *file,
					   const unsigned char *bytes,
					   uint64_t virt, bool *in_file)
{
	for (size_t i = 0; i < file->n_phdrs; i++) {
		const Elf64_Phdr *phdr = &file->phdrs[i];

		if (phdr->p_type != PT_LOAD ||
		    virt - phdr->p_vaddr >= phdr->p_memsz)
			continue;
		*in_file = virt - phdr->p_vaddr < phdr->p_filesz;
		return *in_file ? bytes + phdr->p_offset + virt - phdr->p_vaddr
				: NULL;
	}
	CHECK(!"no such address");
	*in_file = false;
	return NULL;
}

/* Is the last byte of the frame in the segment, so that it is known? */
static inline bool is_known(const Elf64_Phdr *phdr, uint64_t phys)
{
	uint64_t len = 1ULL << memory.page_shift;

	return (phys | (len - 1)) < phdr->p_paddr + phdr->p_filesz;
}

/* A segment of the vmcore, all of it; text is the one that is whole. */
static inline void compare_load(const Elf64_Phdr *phdr, bool text,
				const struct vmcore *file,
				const unsigned char *bytes)
{
	static const unsigned char zeros[256];
	unsigned char *want = malloc(phdr->p_filesz + 1);
	uint64_t bad = 0;

	CHECK_INT(vmcore_read(&core, phdr->p_offset, want, phdr->p_filesz), 0);
	for (uint64_t i = 0, n; i < phdr->p_filesz; i += n) {
		uint64_t phys = phdr->p_paddr + i;
		bool kept = text || !is_known(phdr, phys) ||
			    !is_left_out(phys >> memory.page_shift);
		const unsigned char *got;
		bool in_file;

		/* Everything here begins and ends at such a place. */
		n = 256 - phys % 256;
		if (n > phdr->p_filesz - i)
			n = phdr->p_filesz - i;
		got = part_at(file, bytes, phdr->p_vaddr + i, &in_file);
		if (!in_file ? kept
			     : memcmp(got, want + i, n) &&
				       (kept || memcmp(got, zeros, n)))
			bad++;
	}
	CHECK_INT(bad, 0);
	free(want);
}

/* The parts of a segment are all of it, in order. */
static inline void compare_parts(const Elf64_Phdr *phdr,
				 const struct vmcore *file)
{
	uint64_t memsz = phdr->p_memsz, at = 0;

	if (memsz < phdr->p_filesz && phdr->p_filesz)
		memsz = phdr->p_filesz;
	for (size_t i = 0; i < file->n_phdrs; i++) {
		const Elf64_Phdr *part = &file->phdrs[i];

		if (part->p_type != PT_LOAD ||
		    part->p_vaddr != phdr->p_vaddr + at || at == memsz)
			continue;
		CHECK_INT(part->p_paddr, phdr->p_paddr + at);
		CHECK_INT(part->p_flags, phdr->p_flags);
		CHECK_INT(part->p_align, phdr->p_align);
		CHECK(part->p_filesz <= part->p_memsz);
		if (part->p_filesz)
			CHECK_INT(part->p_offset % 4096,
				  (phdr->p_offset + at) % 4096);
		else
			CHECK_INT(part->p_offset, 0);
		at += part->p_memsz;
	}
	CHECK_INT(at, memsz);
}

/* Everything; text is the number of the program header that is whole, or 0. */
static inline void filtered_compare(size_t text)
{
	struct vmcore file;
	unsigned char *bytes = filtered_read(&file), *notes;
	Elf64_Ehdr ehdr;

	memcpy(&ehdr, bytes, sizeof(ehdr));
	CHECK_INT(ehdr.e_phoff, 64);
	CHECK_INT(ehdr.e_ehsize, 64);
	CHECK_INT(ehdr.e_shnum + ehdr.e_shoff + ehdr.e_shstrndx, 0);
	CHECK_INT(ehdr.e_machine, core.machine);
	CHECK_INT(file.n_phdrs, plan_n_phdrs(&plan));
	CHECK(plan_n_phdrs(&plan) <= core.n_phdrs + PLAN_SPLITS_MAX);
	for (uint64_t i = 64 + file.n_phdrs * 56; i < 4096; i++)
		CHECK(bytes[i] == 0);
	if (!plan.n_cut && core.note_len) {
		notes = malloc(core.note_len);
		CHECK_INT(
			vmcore_read(&core, core.note_off, notes, core.note_len),
			0);
		CHECK_INT(file.note_len, core.note_len);
		CHECK_INT(file.note_off % 4096, 0);
		CHECK_MEM(bytes + file.note_off, notes, core.note_len);
		free(notes);
	}
	for (size_t i = 0; i < core.n_phdrs; i++) {
		if (core.phdrs[i].p_type != PT_LOAD)
			continue;
		compare_parts(&core.phdrs[i], &file);
		compare_load(&core.phdrs[i], i == text, &file, bytes);
	}
	vmcore_close(&file);
	free(bytes);
}

/* How many PT_LOADs there are, and how much of them is in the file. */
static inline void filtered_expect(size_t n_loads, uint64_t filesz,
				   uint64_t left_out)
{
	uint64_t sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < plan_n_phdrs(&plan); i++) {
		Elf64_Phdr phdr = plan_phdr(&plan, i);

		if (phdr.p_type != PT_LOAD)
			continue;
		sum += phdr.p_filesz;
		n++;
	}
	CHECK_INT(n, n_loads);
	CHECK_INT(sum, filesz);
	CHECK_INT(plan.left_out, left_out);
}

#endif
