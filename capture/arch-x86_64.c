// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page tables of 4 and 5 levels (arch/x86/include/asm/pgtable_types.h).  The
 * top one is init_top_pgt, in the kernel's image: __START_KERNEL_map is at
 * phys_base, which KASLR chooses.  The image, the direct map and the memory
 * map are all found by walking from there.
 */

#include <elf.h>
#include <errno.h>

#include "arch.h"

#define PAGE_SHIFT 12
#define START_KERNEL_MAP 0xffffffff80000000ULL
/* Of each table, and of an address at each level. */
#define TABLE_BITS 9
#define TABLE_ENTRIES (1U << TABLE_BITS)

#define ENTRY_PRESENT 0x1
#define ENTRY_LARGE 0x80 /* a leaf of 2 MiB or 1 GiB */
#define ENTRY_ADDR 0x000ffffffffff000ULL

static int x86_64_init(struct arch *arch, const struct vmcoreinfo *info)
{
	struct arch_x86_64 *x86 = &arch->x86_64;
	int64_t phys_base, number;
	uint64_t top;
	int ret;

	if (arch->memory->page_shift != PAGE_SHIFT)
		return -ENOTSUP;
	ret = arch_number(arch, info, "phys_base", &phys_base);
	if (ret < 0)
		return ret;
	/* Called swapper_pg_dir up to 4.12, and on all architectures. */
	if (vmcoreinfo_symbol(info, "init_top_pgt", &top) < 0) {
		ret = arch_symbol(arch, info, "swapper_pg_dir", &top);
		if (ret < 0)
			return ret;
	}
	x86->pgd = top - START_KERNEL_MAP + (uint64_t)phys_base;
	x86->levels = 4;
	if (vmcoreinfo_number(info, "pgtable_l5_enabled", &number) == 0 &&
	    number)
		x86->levels = 5;
	if (vmcoreinfo_number(info, "sme_mask", &number) == 0)
		x86->sme_mask = (uint64_t)number;
	return 0;
}

/* Bits of the address that an entry of the level does not translate. */
static unsigned int shift_of(unsigned int level)
{
	return PAGE_SHIFT + TABLE_BITS * level;
}

/* The kernel's half, all bits above what the tables translate set. */
static bool is_kernel_address(const struct arch_x86_64 *x86, uint64_t virt)
{
	return virt >> (shift_of(x86->levels) - 1) ==
	       UINT64_MAX >> (shift_of(x86->levels) - 1);
}

/* Level 0 has the entries of 4 KiB, 1 those of 2 MiB, 2 those of 1 GiB. */
static bool is_leaf(unsigned int level, uint64_t entry)
{
	return level == 0 || (level <= 2 && (entry & ENTRY_LARGE));
}

static int x86_64_translate(struct arch *arch, uint64_t virt, uint64_t *phys,
			    uint64_t *len)
{
	const struct arch_x86_64 *x86 = &arch->x86_64;
	uint64_t table = x86->pgd, entry, in_leaf;
	unsigned int level = x86->levels;
	uint64_t index;
	int ret;

	if (!is_kernel_address(x86, virt))
		return -EFAULT;
	do {
		level--;
		index = (virt >> shift_of(level)) % TABLE_ENTRIES;
		ret = arch_entry(arch, level, table + index * sizeof(entry),
				 &entry);
		if (ret < 0)
			return ret;
		if (!(entry & ENTRY_PRESENT))
			return -EFAULT;
		table = entry & ENTRY_ADDR & ~x86->sme_mask;
	} while (!is_leaf(level, entry));
	in_leaf = (1ULL << shift_of(level)) - 1;
	*phys = (table & ~in_leaf) | (virt & in_leaf);
	*len = in_leaf + 1 - (virt & in_leaf);
	return 0;
}

/* A table under way; the entries below `next` are done. */
struct step {
	uint64_t entries[TABLE_ENTRIES];
	unsigned int next;
};

static void x86_64_walk_tables(const struct arch *arch, arch_table table,
			       void *arg)
{
	const struct arch_x86_64 *x86 = &arch->x86_64;
	unsigned int top = x86->levels - 1, level = top, left = ARCH_WALK_MAX;
	struct step steps[ARCH_LEVELS_MAX];
	struct step *step = &steps[top];
	uint64_t entry, phys;

	if (memory_read(arch->memory, x86->pgd, step->entries,
			sizeof(step->entries)) < 0 ||
	    !table(arg, x86->pgd >> PAGE_SHIFT))
		return;
	step->next = TABLE_ENTRIES / 2;
	for (;;) {
		step = &steps[level];
		if (step->next == TABLE_ENTRIES) {
			if (level++ == top)
				return;
			continue;
		}
		entry = step->entries[step->next++];
		if (!(entry & ENTRY_PRESENT) || is_leaf(level, entry))
			continue;
		/* As in KASAN's shadow, where one table is used throughout. */
		if (step->next > 1 && entry == step->entries[step->next - 2])
			continue;
		phys = entry & ENTRY_ADDR & ~x86->sme_mask;
		if (!memory_has(arch->memory, phys >> PAGE_SHIFT))
			continue;
		if (!table(arg, phys >> PAGE_SHIFT))
			return;
		/* Nothing but leaves below level 1. */
		if (level == 1)
			continue;
		if (left-- == 0)
			return;
		step = &steps[level - 1];
		step->next = 0;
		if (memory_read(arch->memory, phys, step->entries,
				sizeof(step->entries)) == 0)
			level--;
	}
}

const struct arch_ops arch_x86_64 = {
	.machine = EM_X86_64,
	.section_bits = 27,
	.init = x86_64_init,
	.translate = x86_64_translate,
	.walk_tables = x86_64_walk_tables,
};
