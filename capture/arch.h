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

struct arch {
	const struct arch_ops *ops;
	const struct memory *memory;
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
	int (*init)(struct arch *arch, const struct vmcoreinfo *info);
	int (*translate)(const struct arch *arch, uint64_t virt, uint64_t *phys,
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
 * follows.  -EFAULT: it is not mapped; or -errno of reading a table.
 */
int arch_translate(const struct arch *arch, uint64_t virt, uint64_t *phys,
		   uint64_t *len);

/*
 * The pages of the kernel's page tables (the upper half of the top table and
 * what it leads to, but no leaf), each at least once, in no order.
 */
void arch_walk_tables(const struct arch *arch, arch_table table, void *arg);

extern const struct arch_ops arch_x86_64;
extern const struct arch_ops arch_arm64;

#endif
