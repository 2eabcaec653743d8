// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "arch.h"

static const struct arch_ops *const known[] = { &arch_x86_64, &arch_arm64 };

unsigned int arch_page_shift(const struct vmcoreinfo *info)
{
	uint64_t len = 0;

	if (vmcoreinfo_decimal(info, "PAGESIZE", &len) < 0)
		return 12;
	return len == 16384 ? 14 : len == 65536 ? 16 : 12;
}

int arch_init(struct arch *arch, const struct memory *memory,
	      const struct vmcoreinfo *info)
{
	*arch = (struct arch){ .memory = memory };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i]->machine == memory->core->machine)
			arch->ops = known[i];
	return arch->ops ? arch->ops->init(arch, info) : -ENOTSUP;
}

int arch_translate(struct arch *arch, uint64_t virt, uint64_t *phys,
		   uint64_t *len)
{
	return arch->ops->translate(arch, virt, phys, len);
}

void arch_walk_tables(const struct arch *arch, arch_table table, void *arg)
{
	arch->ops->walk_tables(arch, table, arg);
}

int arch_number(struct arch *arch, const struct vmcoreinfo *info,
		const char *name, int64_t *ret)
{
	int err = vmcoreinfo_number(info, name, ret);

	if (err < 0)
		snprintf(arch->missing, sizeof(arch->missing), "NUMBER(%s)",
			 name);
	return err;
}

int arch_symbol(struct arch *arch, const struct vmcoreinfo *info,
		const char *name, uint64_t *ret)
{
	int err = vmcoreinfo_symbol(info, name, ret);

	if (err < 0)
		snprintf(arch->missing, sizeof(arch->missing), "SYMBOL(%s)",
			 name);
	return err;
}

int arch_entry(struct arch *arch, unsigned int level, uint64_t phys,
	       uint64_t *ret)
{
	struct arch_entries *block = &arch->blocks[level];
	uint64_t start = phys & ~(uint64_t)(sizeof(block->entries) - 1);
	int err;

	if (block->phys != start || !start) {
		block->phys = 0;
		err = memory_read(arch->memory, start, block->entries,
				  sizeof(block->entries));
		if (err < 0)
			return err;
		block->phys = start;
	}
	*ret = block->entries[(phys - start) / sizeof(*ret)];
	return 0;
}
