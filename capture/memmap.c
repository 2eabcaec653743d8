// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "memmap.h"

/* SECTION_MARKED_PRESENT and SECTION_HAS_MEM_MAP, in all kernels so far. */
#define MAP_PRESENT 0x1
#define MAP_HAS_MAP 0x2
/* There are 4 flags in 5.4 and 6 in 6.15: two more may come. */
#define MAP_FLAGS 0xff
/* The map of a section is in whole pages, so is what it would start with. */
#define MAP_ALIGN 0xfff

#define SECTION_BITS_MIN 16
#define SECTION_BITS_MAX 40
#define ADDR_BITS_MAX 63
#define STRUCT_LEN_MAX 4096

struct key {
	const char *name;
	int (*get)(const struct vmcoreinfo *info, const char *name,
		   uint64_t *ret);
	const char *kind;
	uint64_t min, max;
};

static int as_number(const struct vmcoreinfo *info, const char *name,
		     uint64_t *ret)
{
	int64_t value;
	int err = vmcoreinfo_number(info, name, &value);

	if (err == 0)
		*ret = (uint64_t)value;
	return err;
}

static int get_key(struct memmap *map, const struct vmcoreinfo *info,
		   const struct key *key, uint64_t *ret)
{
	int err = key->get(info, key->name, ret);

	if (err == 0 && (*ret < key->min || *ret > key->max))
		err = -EBADMSG;
	if (err < 0)
		snprintf(map->missing, sizeof(map->missing), "%s(%s)",
			 key->kind, key->name);
	return err;
}

/*
 * Kernels before 5.8 and 5.13 leave these out.  Their mem_section is that of
 * SPARSEMEM_EXTREME: so it tells how many sections there can be.
 */
static int get_sections(struct memmap *map, const struct vmcoreinfo *info)
{
	const struct key size_key = { "SECTION_SIZE_BITS", as_number, "NUMBER",
				      SECTION_BITS_MIN, SECTION_BITS_MAX };
	const struct key max_key = { "MAX_PHYSMEM_BITS", as_number, "NUMBER",
				     SECTION_BITS_MIN, ADDR_BITS_MAX };
	uint64_t per_root =
		(1ULL << map->memory->page_shift) / map->section_len;
	uint64_t section_bits = map->arch->ops->section_bits, max_bits = 0;
	int ret;

	ret = get_key(map, info, &size_key, &section_bits);
	if (ret < 0 && ret != -ENODATA)
		return ret;
	map->shift = (unsigned int)section_bits - map->memory->page_shift;
	ret = get_key(map, info, &max_key, &max_bits);
	if (ret < 0 && ret != -ENODATA)
		return ret;
	if (ret == -ENODATA)
		map->n_sections = map->n_roots * per_root;
	else if (max_bits > section_bits)
		map->n_sections = 1ULL << (max_bits - section_bits);
	else
		map->n_sections = 1;
	if (map->n_roots < map->n_sections)
		map->per_root = per_root;
	map->missing[0] = '\0';
	return 0;
}

static int get_keys(struct memmap *map, const struct vmcoreinfo *info)
{
	const struct key keys[] = {
		{ "mem_section", vmcoreinfo_symbol, "SYMBOL", 1, UINT64_MAX },
		{ "mem_section", vmcoreinfo_length, "LENGTH", 1, UINT32_MAX },
		{ "mem_section", vmcoreinfo_size, "SIZE", 8, STRUCT_LEN_MAX },
		{ "mem_section.section_mem_map", vmcoreinfo_offset, "OFFSET", 0,
		  STRUCT_LEN_MAX },
		{ "page", vmcoreinfo_size, "SIZE", 8, STRUCT_LEN_MAX },
	};
	uint64_t *const values[] = { &map->sections, &map->n_roots,
				     &map->section_len, &map->map_off,
				     &map->page_len };
	int ret;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		ret = get_key(map, info, &keys[i], values[i]);
		if (ret < 0)
			return ret;
	}
	return get_sections(map, info);
}

static int read_word(const struct memmap *map, uint64_t virt, uint64_t *ret)
{
	uint64_t phys, len;
	int err;

	err = arch_translate(map->arch, virt, &phys, &len);
	if (err < 0)
		return err;
	if (len < sizeof(*ret))
		return -EFAULT;
	return memory_read(map->memory, phys, ret, sizeof(*ret));
}

/* The virtual address of a section's struct mem_section. */
static int find_section(const struct memmap *map, uint64_t nr, uint64_t *ret)
{
	uint64_t root;
	int err;

	if (nr >= map->n_sections)
		return -ENODATA;
	if (!map->per_root) {
		*ret = map->sections + nr * map->section_len;
		return 0;
	}
	if (nr / map->per_root >= map->n_roots)
		return -ENODATA;
	err = read_word(map,
			map->sections + nr / map->per_root * sizeof(uint64_t),
			&root);
	if (err < 0)
		return err;
	if (!root)
		return -ENODATA;
	*ret = root + nr % map->per_root * map->section_len;
	return 0;
}

/* What would be the address of struct page 0. */
static int find_base(const struct memmap *map, uint64_t nr, uint64_t *ret)
{
	uint64_t section, value;
	int err;

	err = find_section(map, nr, &section);
	if (err < 0)
		return err;
	err = read_word(map, section + map->map_off, &value);
	if (err < 0)
		return err;
	/* Never there, or removed. */
	if (!(value & MAP_HAS_MAP))
		return -ENODATA;
	*ret = value & ~(uint64_t)MAP_FLAGS;
	return !(value & MAP_PRESENT) || (*ret & MAP_ALIGN) ? -EFAULT : 0;
}

/* Each section that has memory: the first at or behind nr. */
static bool next_section(const struct memmap *map, uint64_t *nr)
{
	const struct memory_range *range;

	range = memory_find(map->memory, *nr << map->shift);
	if (!range)
		return false;
	if (range->pfn >> map->shift > *nr)
		*nr = range->pfn >> map->shift;
	return true;
}

/*
 * With SPARSEMEM_VMEMMAP all sections have one base: SYMBOL(vmemmap) says
 * it in 6.12, else it is the one that more than half of the sections have (the voting of
 * Boyer and Moore needs two passes and no memory).
 */
static int find_vmemmap(struct memmap *map, const struct vmcoreinfo *info)
{
	uint64_t n = 0, lead = 0, votes = 0, base, candidate = 0;
	bool has_symbol;

	has_symbol = vmcoreinfo_symbol(info, "vmemmap", &candidate) == 0;
	for (uint64_t nr = 0; !has_symbol && next_section(map, &nr); nr++) {
		if (find_base(map, nr, &base) < 0)
			continue;
		if (lead == 0)
			candidate = base;
		lead = base == candidate ? lead + 1 : lead - 1;
	}
	for (uint64_t nr = 0; next_section(map, &nr); nr++) {
		if (find_base(map, nr, &base) < 0)
			continue;
		n++;
		votes += base == candidate;
	}
	if (n == 0)
		return -EFAULT;
	if (has_symbol ? votes > 0 : votes > n / 2)
		map->vmemmap = candidate;
	return 0;
}

int memmap_init(struct memmap *map, struct arch *arch,
		const struct memory *memory, const struct vmcoreinfo *info)
{
	int ret;

	*map = (struct memmap){ .arch = arch, .memory = memory };
	ret = get_keys(map, info);
	if (ret < 0)
		return ret;
	return find_vmemmap(map, info);
}

int memmap_find(const struct memmap *map, uint64_t pfn, uint64_t *virt,
		uint64_t *end)
{
	uint64_t nr = pfn >> map->shift, base;
	int ret;

	*end = (nr + 1) << map->shift;
	ret = find_base(map, nr, &base);
	if (ret < 0)
		return ret;
	if (map->vmemmap && base != map->vmemmap)
		return -EFAULT;
	*virt = base + pfn * map->page_len;
	return 0;
}
