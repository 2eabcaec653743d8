/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory map of the crashed kernel: where the struct page of a frame is.
 *
 * SPARSEMEM only, which is what x86_64 and arm64 have: mem_section is an
 * array of pointers to pages full of struct mem_section (SPARSEMEM_EXTREME)
 * or of these themselves; LENGTH(mem_section) tells which.  section_mem_map
 * is the address that struct page 0 would have if this section's map reached
 * there, with flags in its low bits (include/linux/mmzone.h).
 *
 * With SPARSEMEM_VMEMMAP that address is the same in all sections: one that
 * says something else is damaged, and says nothing.
 */
#ifndef CAPTURE_MEMMAP_H
#define CAPTURE_MEMMAP_H

#include <stdint.h>

#include "capture/arch.h"
#include "capture/memory.h"
#include "capture/vmcoreinfo.h"

#define MEMMAP_KEY_LEN 48

struct memmap {
	struct arch *arch;
	const struct memory *memory;
	uint64_t page_len; /* SIZE(page) */
	unsigned int shift; /* frames of a section, as a power of two */
	uint64_t n_sections;
	uint64_t sections; /* virtual address of mem_section */
	uint64_t section_len; /* SIZE(mem_section) */
	uint64_t map_off; /* of section_mem_map */
	uint64_t per_root; /* sections behind one pointer; 0: no pointers */
	uint64_t n_roots;
	uint64_t vmemmap; /* struct page 0; 0: each section has its own map */
	char missing[MEMMAP_KEY_LEN]; /* the key that is not there, or bad */
};

/*
 * Arch and memory are borrowed.  Not logged: -ENODATA or -EBADMSG with the
 * key in memmap->missing, -EFAULT when no section of the memory has a map
 * that can be found.
 */
int memmap_init(struct memmap *map, struct arch *arch,
		const struct memory *memory, const struct vmcoreinfo *info);

/*
 * *virt is the virtual address of the frame's struct page; those up to the
 * frame *end follow it.  -ENODATA: the section has no map; -EFAULT or -errno
 * of reading: it cannot be found.  *end is set in any case.
 */
int memmap_find(const struct memmap *map, uint64_t pfn, uint64_t *virt,
		uint64_t *end);

#endif
