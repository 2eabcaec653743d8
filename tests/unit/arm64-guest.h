/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An arm64 machine with page tables, made entry by entry as the Arm ARM has
 * them ("VMSAv8-64 translation table format"), and the vmcore it leaves:
 * guest_boot(), guest_map()..., guest_crash(), then the memory is gone with
 * guest_power_off(), or goes on with guest_reboot().
 */
#ifndef TESTS_UNIT_ARM64_GUEST_H
#define TESTS_UNIT_ARM64_GUEST_H

#include <stdlib.h>

#include "capture/arch.h"
#include "netstream/io.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

#define TABLE 3ULL
#define PAGE 3ULL
#define BLOCK 1ULL
/* PXN and APTable, which software and hardware put into tables. */
#define TABLE_ATTRS (1ULL << 59 | 1ULL << 61)
/* UXN, PXN, contiguous, DBM, GP, AF, AttrIndx 4, software's bits. */
#define LEAF_ATTRS \
	(0x7fULL << 54 | 1ULL << 53 | 7ULL << 50 | 1ULL << 10 | 4ULL << 2)
#define SHAREABLE (3ULL << 8)
#define NOT_TRANSLATION (1ULL << 16) /* nT of a block */

struct build {
	const char *fixture;
	const char *replaced; /* lines that count instead of the fixture's */
	unsigned int va_bits, page_shift;
	unsigned int levels; /* that must come out */
	unsigned int max_block; /* level of the largest block, pages are 0 */
	unsigned int pa_bits;
	uint64_t page_offset;
	uint64_t virt; /* somewhere above the linear map */
};

/*
 * The machine: some memory from the top table on, and some at addresses that
 * need all the bits there are.  Every other table is there.
 */
#define TABLES 8

static struct {
	const struct build *build;
	char *text; /* vmcoreinfo */
	struct vmcoreinfo info;
	uint64_t phys_offset;
	uint64_t base[2];
	unsigned char *bytes[2];
	size_t n[2]; /* pages in use */
	struct vmcore core;
	struct memory memory;
	struct arch arch;
} guest;

static inline uint64_t page_len(void)
{
	return 1ULL << guest.build->page_shift;
}

/* The key's line is one that nobody looks for. */
static inline void guest_forget(const char *key)
{
	char *line = guest.text, start[64];

	snprintf(start, sizeof(start), "\n%s=", key);
	while ((line = strstr(line, start)))
		line[1] = '#';
}

static inline void guest_info(const char *lines)
{
	char *text;
	size_t len;

	CHECK_INT(read_file(guest.build->fixture, 1 << 16, &text, &len), 0);
	guest.text = malloc(strlen(lines) + len + 2);
	sprintf(guest.text, "\n%s%s", lines, text);
	free(text);
	guest.info.text = guest.text;
	guest.info.len = strlen(guest.text);
}

/* A fresh machine with an empty top table. */
static inline void guest_boot(const struct build *build)
{
	int64_t voffset = 0, phys_offset = 0;
	uint64_t pgd = 0;

	guest.build = build;
	guest_info(build->replaced);
	CHECK_INT(vmcoreinfo_symbol(&guest.info, "swapper_pg_dir", &pgd), 0);
	CHECK_INT(vmcoreinfo_number(&guest.info, "kimage_voffset", &voffset),
		  0);
	CHECK_INT(vmcoreinfo_number(&guest.info, "PHYS_OFFSET", &phys_offset),
		  0);
	guest.phys_offset = (uint64_t)phys_offset;
	guest.base[0] = pgd - (uint64_t)voffset;
	guest.base[1] = (1ULL << build->pa_bits) - TABLES * page_len();
	for (int i = 0; i < 2; i++) {
		guest.bytes[i] = calloc(TABLES, page_len());
		guest.n[i] = 0;
	}
	guest.n[0] = 1;
}

/* Of physical memory; NULL when there is none. */
static inline uint64_t *at(uint64_t phys)
{
	for (int i = 0; i < 2; i++)
		if (phys - guest.base[i] < TABLES * page_len())
			return (uint64_t *)(guest.bytes[i] + phys -
					    guest.base[i]);
	return NULL;
}

static inline uint64_t new_table(void)
{
	int i = guest.n[1] < guest.n[0];

	return guest.base[i] + guest.n[i]++ * page_len();
}

static inline unsigned int shift_of(unsigned int level)
{
	return guest.build->page_shift + level * (guest.build->page_shift - 3);
}

/* Where the 52 bits of an address are in an entry. */
static inline uint64_t encoded(uint64_t phys)
{
	if (guest.build->page_shift == 16)
		return (phys & 0xffffffffffff) | (phys >> 48) << 12;
	if (guest.build->pa_bits == 52)
		return (phys & 0x3ffffffffffff) | (phys >> 50) << 8;
	return phys;
}

static inline uint64_t leaf(uint64_t phys, unsigned int level)
{
	uint64_t entry = encoded(phys) | LEAF_ATTRS | (level ? BLOCK : PAGE);

	if (guest.build->page_shift == 16 || guest.build->pa_bits == 48)
		entry |= SHAREABLE;
	if (level && guest.build->page_shift < 16)
		entry |= NOT_TRANSLATION;
	return entry;
}

/* The entry of this level for an address; tables are made on the way. */
static inline uint64_t *entry_for(uint64_t virt, unsigned int level)
{
	uint64_t table = guest.base[0], *entry;
	unsigned int top = guest.build->levels - 1;

	for (unsigned int i = top;; i--) {
		uint64_t n = page_len() / 8;

		/* As many address bits as are left for the top table. */
		if (i == top &&
		    1ULL << (guest.build->va_bits - shift_of(i)) < n)
			n = 1ULL << (guest.build->va_bits - shift_of(i));
		entry = at(table) + (virt >> shift_of(i)) % n;
		if (i == level)
			return entry;
		if (!*entry)
			*entry = encoded(new_table()) | TABLE | TABLE_ATTRS;
		table = *entry & 0xffffffffffff & -page_len();
		if (guest.build->page_shift == 16)
			table |= (*entry >> 12 & 0xf) << 48;
		else if (guest.build->pa_bits == 52)
			table = (*entry & 0x3ffffffffffff & -page_len()) |
				(*entry >> 8 & 3) << 50;
	}
}

static inline void guest_map(uint64_t virt, uint64_t phys, unsigned int level)
{
	*entry_for(virt, level) = leaf(phys, level);
}

/* Appends the memory's content: zeros, and what is not. */
static inline char *describe(char *to, int i)
{
	const uint64_t *words = (const uint64_t *)guest.bytes[i];
	size_t n = TABLES * page_len() / 8, zeros = 0;

	to += sprintf(to, "load %#llx %#" PRIx64 "\n",
		      0xffff000000000000ULL + i * (1ULL << 40), guest.base[i]);
	for (size_t w = 0; w < n; w++) {
		if (!words[w]) {
			zeros++;
			continue;
		}
		if (zeros)
			to += sprintf(to, "zero %zu\n", zeros * 8);
		zeros = 0;
		to += sprintf(to, "u64 %#" PRIx64 "\n", words[w]);
	}
	if (zeros)
		to += sprintf(to, "zero %zu\n", zeros * 8);
	return to;
}

/* What arch_init() says to the vmcore of the machine as it is now. */
static inline int guest_crash(void)
{
	char *text = malloc(1 << 20), *to = text;

	to += sprintf(to, "ehdr machine 183\nnote CORE 1\nu64 0\n");
	to = describe(to, 0);
	describe(to, 1);
	CHECK_INT(vmcore_open(&guest.core, vmcore_file(text)), 0);
	free(text);
	CHECK_INT(memory_init(&guest.memory, &guest.core,
			      guest.build->page_shift),
		  0);
	return arch_init(&guest.arch, &guest.memory, &guest.info);
}

static inline void guest_reboot(void)
{
	memory_free(&guest.memory);
	vmcore_close(&guest.core);
}

static inline void guest_power_off(void)
{
	guest_reboot();
	for (int i = 0; i < 2; i++)
		free(guest.bytes[i]);
	free(guest.text);
}

#endif
