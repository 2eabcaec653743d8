// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>

#include "capture/kdump.h"
#include "netstream/log.h"

static uint64_t blocks_of(uint64_t len, uint64_t block_len)
{
	return len / block_len + (len % block_len != 0);
}

int kdump_layout(struct kdump_layout *layout, const struct memory *memory,
		 const struct plan *plan)
{
	uint64_t block_len = 1ULL << memory->page_shift;
	uint64_t sub_blocks, map_blocks;

	sub_blocks = blocks_of(sizeof(struct kdump_sub_header) + plan->note_len,
			       block_len);
	map_blocks = blocks_of(blocks_of(memory->max_pfn, 8), block_len);
	if (sub_blocks > INT32_MAX ||
	    memory->max_pfn > 1ULL << (KDUMP_PADDR_BITS - memory->page_shift)) {
		log_warn("%s: %" PRIu64
			 " bytes of notes, memory up to page %" PRIx64
			 ": more than the kdump format is good for",
			 plan->core->path, plan->note_len, memory->max_pfn);
		return -EFBIG;
	}
	*layout = (struct kdump_layout){
		.block_len = block_len,
		.max_pfn = memory->max_pfn,
		.sub_header_off = block_len,
		.notes_off = block_len + sizeof(struct kdump_sub_header),
		.notes_len = plan->note_len,
		.bitmap_off[0] = block_len * (1 + sub_blocks),
		.bitmap_off[1] = block_len * (1 + sub_blocks + map_blocks),
		.bitmap_len = block_len * map_blocks,
		.desc_off = block_len * (1 + sub_blocks + 2 * map_blocks),
	};
	return 0;
}

void kdump_layout_pages(struct kdump_layout *layout, uint64_t n_pages)
{
	layout->n_pages = n_pages;
	layout->zero_off =
		layout->desc_off + n_pages * sizeof(struct page_desc);
	layout->data_off = layout->zero_off + layout->block_len;
}
