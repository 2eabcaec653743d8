// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arm64, kernels from 4.12 on.  Which granule, how many levels and which
 * format the tables have follows from PAGESIZE, NUMBER(VA_BITS), that the
 * kernel is built for, and NUMBER(TCR_EL1_T1SZ), that the CPU can (since
 * 5.11): arch/arm64/include/asm/pgtable-hwdef.h, memory.h, kernel-pgtable.h.
 *
 * A kernel for 52 bits of virtual address on a CPU that has 48 goes on with
 * fewer levels (4K, 16K pages), or leaves the first entries of its top table
 * unused (64K pages).
 */

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/arch.h"

/* Descriptors: "VMSAv8-64 translation table format" of the Arm ARM. */
#define ENTRY_VALID 1
#define ENTRY_TABLE 2 /* or a page, at the last level; else a block */

#define ENTRY_SHIFT 3
#define LEVELS_MIN 2
#define VA_BITS_LEAST 36
#define VA_BITS_MOST 52
#define VA_BITS_CPU 48 /* that every CPU has */

static uint64_t bits(unsigned int high, unsigned int low)
{
	return (~0ULL >> (63 - high)) & (~0ULL << low);
}

/* Level 0 is the last one here, of pages. */
static unsigned int level_shift(const struct arch *arch, unsigned int level)
{
	unsigned int page_shift = arch->memory->page_shift;

	return page_shift + level * (page_shift - ENTRY_SHIFT);
}

/*
 * 4K pages: blocks of 2 MiB, 1 GiB and, with FEAT_LPA2, 512 GiB; 16K: 32 MiB,
 * 64 GiB; 64K: 512 MiB, and 4 TiB where addresses have 52 bits.
 */
static bool block_allowed(const struct arch *arch, unsigned int level)
{
	unsigned int most = arch->memory->page_shift == 14 ? 1 : 2;

	return level <= most + arch->arm64.lpa2;
}

/*
 * The address in an entry.  Where its upper bits are: with 64K pages in the
 * four bits below the page's address, which are 0 on a CPU with less; with
 * FEAT_LPA2 where the shareability is without.
 */
static uint64_t entry_addr(const struct arch *arch, uint64_t entry)
{
	unsigned int page_shift = arch->memory->page_shift;

	if (page_shift == 16)
		return (entry & bits(47, 16)) | (entry & bits(15, 12)) << 36;
	if (arch->arm64.lpa2)
		return (entry & bits(49, page_shift)) | (entry & bits(9, 8))
								<< 42;
	return entry & bits(47, page_shift);
}

/* Entries of the top table. */
static unsigned int top_entries(const struct arch *arch)
{
	unsigned int top = arch->arm64.levels - 1;
	unsigned int n_bits = arch->arm64.va_bits - level_shift(arch, top);
	unsigned int most = arch->memory->page_shift - ENTRY_SHIFT;

	return 1U << (n_bits < most ? n_bits : most);
}

static unsigned int page_entries(const struct arch *arch)
{
	return 1U << (arch->memory->page_shift - ENTRY_SHIFT);
}

static int walk(struct arch *arch, uint64_t virt, uint64_t *phys, uint64_t *len)
{
	unsigned int level = arch->arm64.levels, n = top_entries(arch);
	uint64_t addr = arch->arm64.pgd, entry = ENTRY_TABLE, size;
	int ret;

	do {
		size = 1ULL << level_shift(arch, --level);
		addr += (virt / size % n) << ENTRY_SHIFT;
		ret = arch_entry(arch, level, addr, &entry);
		if (ret < 0)
			return ret;
		if (!(entry & ENTRY_VALID))
			return -EFAULT;
		addr = entry_addr(arch, entry);
		n = page_entries(arch);
	} while (level && (entry & ENTRY_TABLE));

	/* At the last level the bit is set, before it is not. */
	if (level ? !block_allowed(arch, level) : !(entry & ENTRY_TABLE))
		return -EFAULT;
	*phys = (addr & ~(size - 1)) | (virt & (size - 1));
	*len = size - (virt & (size - 1));
	return 0;
}

/* PHYS_OFFSET may be negative: what is below the memory is no address. */
static int in_linear_map(const struct arch_arm64 *arm64, uint64_t off,
			 uint64_t *phys, uint64_t *len)
{
	const uint64_t limit = 1ULL << MEMORY_PADDR_BITS;

	*phys = arm64->phys_offset + off;
	if (*phys >= limit)
		return -EFAULT;
	*len = arm64->linear_len - off;
	if (*len > limit - *phys)
		*len = limit - *phys;
	return 0;
}

static int translate(struct arch *arch, uint64_t virt, uint64_t *phys,
		     uint64_t *len)
{
	const struct arch_arm64 *arm64 = &arch->arm64;
	uint64_t off;

	/* KASAN keeps its tags in the top byte. */
	virt |= 0xffULL << 56;
	if (virt < -1ULL << arm64->va_bits)
		return -EFAULT;
	off = virt - arm64->page_offset;
	if (off < arm64->linear_len)
		return in_linear_map(arm64, off, phys, len);
	return walk(arch, virt, phys, len);
}

static int nonsense(struct arch *arch, const char *name)
{
	snprintf(arch->missing, sizeof(arch->missing), "NUMBER(%s)", name);
	return -EBADMSG;
}

/* How many levels there are, of what the kernel could and the CPU can do. */
static int get_layout(struct arch *arch, const struct vmcoreinfo *info)
{
	struct arch_arm64 *arm64 = &arch->arm64;
	unsigned int page_shift = arch->memory->page_shift;
	int64_t va_bits, real_bits, t1sz;
	int ret;

	ret = arch_number(arch, info, "VA_BITS", &va_bits);
	if (ret < 0)
		return ret;
	if (va_bits < VA_BITS_LEAST || va_bits > VA_BITS_MOST)
		return nonsense(arch, "VA_BITS");
	ret = arch_number(arch, info, "TCR_EL1_T1SZ", &t1sz);
	if (ret == -ENODATA)
		t1sz = 64 - va_bits;
	else if (ret < 0)
		return ret;
	if (t1sz < 64 - va_bits || t1sz > 64 - VA_BITS_LEAST)
		return nonsense(arch, "TCR_EL1_T1SZ");
	real_bits = 64 - t1sz;
	arch->missing[0] = '\0';

	arm64->va_bits = (unsigned int)va_bits;
	arm64->lpa2 = page_shift < 16 && real_bits > VA_BITS_CPU;
	/* ARM64_HW_PGTABLE_LEVELS() */
	arm64->levels =
		((unsigned int)real_bits - 4) / (page_shift - ENTRY_SHIFT);
	if (arm64->levels < LEVELS_MIN || arm64->levels > ARCH_LEVELS_MAX)
		return -ENOTSUP;
	return 0;
}

/* The page tables say that the linear map begins there. */
static bool is_page_offset(struct arch *arch, uint64_t start,
			   uint64_t linear_len)
{
	const struct arch_arm64 *arm64 = &arch->arm64;
	uint64_t off = arm64->pgd - arm64->phys_offset, phys, len;

	return off < linear_len && !walk(arch, start + off, &phys, &len) &&
	       phys == arm64->pgd;
}

/* VA_BITS_MIN of the kernel: what is not the linear map has its place in it. */
static unsigned int least_va_bits(const struct arch *arch)
{
	if (arch->arm64.va_bits <= VA_BITS_CPU)
		return arch->arm64.va_bits;
	return arch->memory->page_shift == 14 ? 47 : VA_BITS_CPU;
}

/*
 * Where the linear map is depends on the kernel, but the kernel's image is in
 * it too: the place where the top table shows up is the right one.  Without
 * one, what is in the linear map is looked up in the tables like the rest.
 */
static void find_linear_map(struct arch *arch)
{
	struct arch_arm64 *arm64 = &arch->arm64;
	const unsigned int least = least_va_bits(arch);
	const struct {
		uint64_t start, end;
	} layouts[] = {
		{ -1ULL << arm64->va_bits, -1ULL << (least - 1) },
		/* 5.4 to 5.10, built for 52 bits on a CPU with 48 */
		{ -1ULL << least, -1ULL << (least - 1) },
		/* before 5.4: the upper half, up to the last address */
		{ -1ULL << (arm64->va_bits - 1), 0 },
	};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		uint64_t len = layouts[i].end - layouts[i].start;

		if (!is_page_offset(arch, layouts[i].start, len))
			continue;
		arm64->page_offset = layouts[i].start;
		arm64->linear_len = len;
		return;
	}
}

static int init(struct arch *arch, const struct vmcoreinfo *info)
{
	struct arch_arm64 *arm64 = &arch->arm64;
	int64_t kimage_voffset, phys_offset;
	int ret;

	*arm64 = (struct arch_arm64){ 0 };
	ret = get_layout(arch, info);
	if (ret < 0)
		return ret;
	ret = arch_number(arch, info, "kimage_voffset", &kimage_voffset);
	if (ret < 0)
		return ret;
	ret = arch_number(arch, info, "PHYS_OFFSET", &phys_offset);
	if (ret < 0)
		return ret;
	ret = arch_symbol(arch, info, "swapper_pg_dir", &arm64->pgd);
	if (ret < 0)
		return ret;
	arm64->pgd -= (uint64_t)kimage_voffset;
	arm64->phys_offset = (uint64_t)phys_offset;
	find_linear_map(arch);
	return 0;
}

/* A table on the way down. */
struct table {
	uint64_t phys;
	unsigned int n; /* of its entries */
	unsigned int next;
	uint64_t child; /* the last one that was seen */
	uint64_t entries[ARCH_ENTRIES];
};

/* What cannot be read is as if it was empty. */
static uint64_t next_entry(const struct arch *arch, struct table *table)
{
	unsigned int i = table->next % ARCH_ENTRIES;
	uint64_t off = (uint64_t)table->next << ENTRY_SHIFT;

	if (i == 0 && memory_read(arch->memory, table->phys + off,
				  table->entries, sizeof(table->entries)) < 0)
		memset(table->entries, 0, sizeof(table->entries));
	table->next++;
	return table->entries[i];
}

static bool has_frame(const struct memory *memory, uint64_t phys)
{
	return memory_has(memory, phys >> memory->page_shift);
}

/*
 * The next table below this one that is in memory; false behind its last
 * entry.  Entries in a row that are the same (KASAN's early shadow, a damaged
 * table) are one.
 */
static bool next_child(const struct arch *arch, struct table *table)
{
	while (table->next < table->n) {
		uint64_t entry = next_entry(arch, table), child;

		if (!(entry & ENTRY_VALID) || !(entry & ENTRY_TABLE))
			continue;
		child = entry_addr(arch, entry);
		if (child == table->child || !has_frame(arch->memory, child))
			continue;
		table->child = child;
		return true;
	}
	return false;
}

/*
 * Tables of the last level are told, but need not be read.  There cannot be
 * more tables than pages: damaged ones may lead to others over and over.
 */
static void walk_tables(const struct arch *arch, arch_table tell, void *arg)
{
	unsigned int page_shift = arch->memory->page_shift;
	uint64_t left = arch->memory->n_pages, left_read = ARCH_WALK_MAX;
	struct table path[ARCH_LEVELS_MAX - 1];
	unsigned int depth = 0;

	path[0] = (struct table){ .phys = arch->arm64.pgd,
				  .n = top_entries(arch),
				  .child = UINT64_MAX };
	if (!has_frame(arch->memory, path[0].phys) ||
	    !tell(arg, path[0].phys >> page_shift))
		return;
	while (--left) {
		struct table *table = &path[depth];

		while (!next_child(arch, table)) {
			if (depth == 0)
				return;
			table = &path[--depth];
		}
		if (!tell(arg, table->child >> page_shift))
			return;
		if (depth + 2 >= arch->arm64.levels)
			continue;
		if (left_read-- == 0)
			return;
		path[++depth] = (struct table){ .phys = table->child,
						.n = page_entries(arch),
						.child = UINT64_MAX };
	}
}

const struct arch_ops arch_arm64 = {
	.machine = EM_AARCH64,
	.section_bits = 30,
	.init = init,
	.translate = translate,
	.walk_tables = walk_tables,
};
