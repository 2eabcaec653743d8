/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs from architecture to architecture: where a virtual address of
 * the crashed kernel lies in physical memory.  One file each, chosen by the
 * e_machine of the vmcore: arch-x86_64.c, arch-arm64.c.
 *
 * All that is known comes from VMCOREINFO and from page tables that may be
 * damaged: each address is checked, each walk has as many steps as the
 * tables have levels, and nothing is logged per address.
 */
#ifndef CAPTURE_ARCH_H
#define CAPTURE_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/memory.h"
#include "capture/vmcoreinfo.h"

#define ARCH_KEY_LEN 48
#define ARCH_LEVELS_MAX 5
/* Of a page table; neighbours in virtual memory share a block of them. */
#define ARCH_ENTRIES 64

struct arch_x86_64 {
	uint64_t pgd; /* physical address of the top table */
	uint64_t sme_mask; /* bits of an entry that are no address */
	unsigned int levels; /* 4 or 5 */
};

struct arch_arm64 {
	uint64_t pgd;
	uint64_t page_offset; /* first address of the linear map */
	uint64_t linear_len; /* 0: where it is is not known */
	uint64_t phys_offset; /* physical address of page_offset */
	unsigned int va_bits; /* of the kernel; the CPU may have less */
	unsigned int levels;
	bool lpa2; /* tables of FEAT_LPA2 */
};

/* The entries of a table that were read last, one block for each level. */
struct arch_entries {
	uint64_t phys; /* 0: none */
	uint64_t entries[ARCH_ENTRIES];
};

struct arch {
	const struct arch_ops *ops;
	const struct memory *memory;
	struct arch_entries blocks[ARCH_LEVELS_MAX];
	char missing[ARCH_KEY_LEN]; /* the key that arch_init() did not find */
	union {
		struct arch_x86_64 x86_64;
		struct arch_arm64 arm64;
	};
};

/* A page of the page tables themselves; false ends the walk. */
typedef bool (*arch_table)(void *arg, uint64_t pfn);

struct arch_ops {
	uint16_t machine; /* EM_ */
	/*
	 * SECTION_SIZE_BITS of kernels before 5.13, whose VMCOREINFO does not
	 * tell (asm/sparsemem.h).
	 */
	unsigned int section_bits;
	int (*init)(struct arch *arch, const struct vmcoreinfo *info);
	int (*translate)(struct arch *arch, uint64_t virt, uint64_t *phys,
			 uint64_t *len);
	void (*walk_tables)(const struct arch *arch, arch_table table,
			    void *arg);
};

/* PAGESIZE of the crashed kernel as a shift; 12 without a sane one. */
unsigned int arch_page_shift(const struct vmcoreinfo *info);

/*
 * Memory is borrowed.  Not logged: -ENODATA or -EBADMSG with the key in
 * arch->missing when VMCOREINFO does not say enough, -ENOTSUP for a machine
 * or a layout that is not known.
 */
int arch_init(struct arch *arch, const struct memory *memory,
	      const struct vmcoreinfo *info);

/*
 * Where a virtual address is: *len bytes from it on are at *phys and what
 * follows.  -EFAULT: it is not mapped; or -errno of reading a table.  What
 * was read last is remembered: one thread at a time.
 */
int arch_translate(struct arch *arch, uint64_t virt, uint64_t *phys,
		   uint64_t *len);

/*
 * The pages of the kernel's page tables (the upper half of the top table and
 * what it leads to, but no leaf), each at least once, in no order.  No more
 * than ARCH_WALK_MAX tables are read, whatever they lead to.
 */
#define ARCH_WALK_MAX (1U << 17)
void arch_walk_tables(const struct arch *arch, arch_table table, void *arg);

/* For the architectures: keys that must be there, or arch->missing is one. */
int arch_number(struct arch *arch, const struct vmcoreinfo *info,
		const char *name, int64_t *ret);
int arch_symbol(struct arch *arch, const struct vmcoreinfo *info,
		const char *name, uint64_t *ret);

/* An entry of a table at a level from 0 on; -errno as of memory_read(). */
int arch_entry(struct arch *arch, unsigned int level, uint64_t phys,
	       uint64_t *ret);

extern const struct arch_ops arch_x86_64;
extern const struct arch_ops arch_arm64;

#endif
