// SPDX-License-Identifier: GPL-2.0-or-later

#include <string.h>

#include "capture/cpus.h"
#include "capture/kdump-header.h"

static const char *machine_name(const struct vmcore *core)
{
	return core->machine == EM_AARCH64 ? "aarch64" : "x86_64";
}

void kdump_header(const struct session *session,
		  const struct kdump_layout *layout, uint32_t status,
		  struct kdump_header *ret)
{
	*ret = (struct kdump_header){
		.header_version = KDUMP_VERSION,
		.utsname = session->uts,
		.time_seconds = session->crash_time,
		.status = status,
		.block_len = (uint32_t)layout->block_len,
		.sub_header_blocks =
			(uint32_t)(layout->bitmap_off[0] / layout->block_len -
				   1),
		.bitmap_blocks =
			(uint32_t)(2 * layout->bitmap_len / layout->block_len),
		.max_mapnr = layout->max_pfn > UINT32_MAX
				     ? UINT32_MAX
				     : (uint32_t)layout->max_pfn,
		.n_cpus = cpus_walk(&session->core, NULL, NULL),
	};
	memcpy(ret->signature, KDUMP_SIGNATURE, sizeof(ret->signature));
	/* Readers take the architecture from here, and need one. */
	if (!ret->utsname.machine[0])
		strcpy(ret->utsname.machine, machine_name(&session->core));
}

void kdump_sub_header(const struct session *session,
		      const struct kdump_layout *layout, unsigned int level,
		      struct kdump_sub_header *ret)
{
	const struct vmcoreinfo *info = &session->info;
	int64_t phys_base = 0;
	uint64_t off;

	*ret = (struct kdump_sub_header){
		.dump_level = level,
		.notes_off = layout->notes_off,
		.notes_len = layout->notes_len,
		.max_mapnr_64 = layout->max_pfn,
	};
	if (!info->text)
		return;
	/* Signed: a kernel may be below where it was linked. */
	vmcoreinfo_number(info, "phys_base", &phys_base);
	ret->phys_base = phys_base;
	if (!plan_find(&session->plan, info->off, &off))
		return;
	ret->vmcoreinfo_off =
		layout->notes_off + (off - session->core.note_off);
	ret->vmcoreinfo_len = info->len;
}

int kdump_incomplete_header(const struct session *session,
			    struct kdump_header *ret)
{
	struct kdump_layout layout;
	int err;

	err = kdump_layout(&layout, &session->memory, &session->plan);
	if (!err)
		kdump_header(session, &layout, KDUMP_INCOMPLETE, ret);
	return err;
}
