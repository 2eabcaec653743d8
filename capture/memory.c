// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../netstream/log.h"
#include "memory.h"

static size_t page_len(const struct memory *memory)
{
	return (size_t)1 << memory->page_shift;
}

static bool is_load(const Elf64_Phdr *phdr)
{
	return phdr->p_type == PT_LOAD && phdr->p_filesz > 0;
}

static int check_loads(const struct vmcore *core)
{
	const uint64_t limit = 1ULL << MEMORY_PADDR_BITS;
	const Elf64_Phdr *phdr = core->phdrs;

	for (size_t i = 0; i < core->n_phdrs; i++, phdr++) {
		if (!is_load(phdr))
			continue;
		if (phdr->p_paddr < limit &&
		    phdr->p_filesz <= limit - phdr->p_paddr)
			continue;
		log_err("%s: %" PRIu64
			" bytes at the physical address %#" PRIx64
			": more than %u bits",
			core->path, phdr->p_filesz, phdr->p_paddr,
			MEMORY_PADDR_BITS);
		return -EBADMSG;
	}
	return 0;
}

/* The frames that end in the segment; the first one may begin before it. */
static void add_load(struct memory *memory, const Elf64_Phdr *phdr)
{
	unsigned int shift = memory->page_shift;
	uint64_t head = -phdr->p_paddr & (page_len(memory) - 1);
	struct memory_range range = {
		.pfn = (phdr->p_paddr + head) >> shift,
		.end = (phdr->p_paddr + phdr->p_filesz) >> shift,
		.off = phdr->p_offset + head,
	};

	if (head && range.pfn <= range.end)
		memory->ranges[memory->n_ranges++] = (struct memory_range){
			.pfn = range.pfn - 1,
			.end = range.pfn,
			.off = MEMORY_PIECES,
		};
	if (range.pfn < range.end)
		memory->ranges[memory->n_ranges++] = range;
}

/* Of those that begin with the same frame, one in pieces comes last. */
static int compare_ranges(const void *a, const void *b)
{
	const struct memory_range *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	return (x->off > y->off) - (x->off < y->off);
}

/* Is what follows in memory what follows in the file? */
static bool goes_on(const struct memory *memory, const struct memory_range *a,
		    const struct memory_range *b)
{
	return a->off != MEMORY_PIECES && a->end == b->pfn &&
	       a->off + ((a->end - a->pfn) << memory->page_shift) == b->off;
}

/* A range gives way to the one that begins before it: each frame once. */
static void merge_ranges(struct memory *memory)
{
	struct memory_range *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < memory->n_ranges; i++) {
		struct memory_range range = memory->ranges[i];

		if (last && range.end <= last->end)
			continue;
		if (last && range.pfn < last->end) {
			range.off += (last->end - range.pfn)
				     << memory->page_shift;
			range.pfn = last->end;
		}
		memory->n_pages += range.end - range.pfn;
		if (last && goes_on(memory, last, &range)) {
			last->end = range.end;
			continue;
		}
		last = &memory->ranges[n++];
		*last = range;
	}
	memory->n_ranges = n;
	memory->max_pfn = last ? last->end : 0;
}

int memory_init(struct memory *memory, struct vmcore *core,
		unsigned int page_shift)
{
	int ret;

	*memory = (struct memory){ .core = core, .page_shift = page_shift };
	ret = check_loads(core);
	if (ret < 0)
		return ret;
	/* A load gives two ranges at most. */
	memory->ranges =
		calloc(core->n_loads + 1, 2 * sizeof(struct memory_range));
	if (!memory->ranges) {
		log_err("%s: no memory for %zu ranges", core->path,
			2 * core->n_loads);
		return -ENOMEM;
	}
	for (size_t i = 0; i < core->n_phdrs; i++)
		if (is_load(&core->phdrs[i]))
			add_load(memory, &core->phdrs[i]);
	qsort(memory->ranges, memory->n_ranges, sizeof(struct memory_range),
	      compare_ranges);
	merge_ranges(memory);
	return 0;
}

void memory_free(struct memory *memory)
{
	free(memory->ranges);
	*memory = (struct memory){ 0 };
}

const struct memory_range *memory_find(const struct memory *memory,
				       uint64_t pfn)
{
	size_t low = 0, high = memory->n_ranges;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (memory->ranges[mid].end <= pfn)
			low = mid + 1;
		else
			high = mid;
	}
	return low < memory->n_ranges ? &memory->ranges[low] : NULL;
}

bool memory_has(const struct memory *memory, uint64_t pfn)
{
	const struct memory_range *range = memory_find(memory, pfn);

	return range && range->pfn <= pfn;
}

/* From the bit `from` to the one before `to`. */
static void set_bits(uint8_t *bits, uint64_t from, uint64_t to)
{
	for (; from < to && from % 8; from++)
		bits[from / 8] |= 1U << from % 8;
	if (from < to) {
		memset(bits + from / 8, 0xff, to / 8 - from / 8);
		from = to - to % 8;
	}
	for (; from < to; from++)
		bits[from / 8] |= 1U << from % 8;
}

void memory_bits(const struct memory *memory, uint64_t pfn, uint64_t n,
		 uint8_t *bits)
{
	const struct memory_range *end = memory->ranges + memory->n_ranges;
	const struct memory_range *range = memory_find(memory, pfn);

	memset(bits, 0, n / 8);
	for (; range && range < end && range->pfn < pfn + n; range++)
		set_bits(bits, range->pfn > pfn ? range->pfn - pfn : 0,
			 range->end < pfn + n ? range->end - pfn : n);
}

/* What the segments have of these bytes, zeros for the rest. */
static int read_pieces(const struct memory *memory, uint64_t phys, void *buf,
		       size_t len)
{
	const struct vmcore *core = memory->core;
	const Elf64_Phdr *phdr = core->phdrs;
	uint64_t start, end;
	int ret = 0;

	memset(buf, 0, len);
	for (size_t i = 0; i < core->n_phdrs && ret == 0; i++, phdr++) {
		if (!is_load(phdr))
			continue;
		start = phys > phdr->p_paddr ? phys : phdr->p_paddr;
		end = phdr->p_paddr + phdr->p_filesz;
		if (end > phys + len)
			end = phys + len;
		if (start < end)
			ret = vmcore_try_read(
				core, phdr->p_offset + (start - phdr->p_paddr),
				(char *)buf + (start - phys), end - start);
	}
	return ret;
}

/* Where a frame of the range is in the vmcore. */
static uint64_t frame_off(const struct memory *memory,
			  const struct memory_range *range, uint64_t pfn)
{
	return range->off + ((pfn - range->pfn) << memory->page_shift);
}

int memory_read(const struct memory *memory, uint64_t phys, void *buf,
		size_t len)
{
	const struct memory_range *range;
	uint64_t pfn, in_page, has;
	unsigned char *pos = buf;
	int ret;

	for (; len; pos += has, phys += has, len -= has) {
		pfn = phys >> memory->page_shift;
		in_page = phys & (page_len(memory) - 1);
		range = memory_find(memory, pfn);
		if (!range || pfn < range->pfn)
			return -EFAULT;
		has = ((range->end - pfn) << memory->page_shift) - in_page;
		if (has > len)
			has = len;
		if (range->off == MEMORY_PIECES)
			ret = read_pieces(memory, phys, pos, has);
		else
			ret = vmcore_try_read(memory->core,
					      frame_off(memory, range, pfn) +
						      in_page,
					      pos, has);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int memory_reader_init(struct memory_reader *reader,
		       const struct memory *memory)
{
	*reader = (struct memory_reader){ .memory = memory };
	window_init(&reader->window, memory->core);
	reader->window.quiet = true; /* memory_page() tries again */
	reader->page = malloc(page_len(memory));
	if (!reader->page) {
		log_err("%s: no memory for a page", memory->core->path);
		return -ENOMEM;
	}
	return 0;
}

void memory_reader_close(struct memory_reader *reader)
{
	window_close(&reader->window);
	free(reader->page);
	*reader = (struct memory_reader){ .memory = reader->memory };
}

/* Through the window, with what follows; two of them may share the page. */
static int window_page(struct memory_reader *reader, uint64_t off, size_t ahead,
		       const void **ret)
{
	size_t want = page_len(reader->memory), have = 0;
	const void *bytes;
	int err;

	while (have < want) {
		reader->len = ahead - have;
		err = window_part(&reader->window, off + have, &bytes,
				  &reader->len);
		if (err < 0) {
			reader->len = 0;
			return err;
		}
		if (reader->len == 0)
			return -ENODATA;
		reader->bytes = bytes;
		reader->off = off + have;
		if (have == 0 && reader->len >= want) {
			*ret = bytes;
			return 0;
		}
		if (reader->len > want - have) {
			memcpy(reader->page + have, bytes, want - have);
			break;
		}
		memcpy(reader->page + have, bytes, reader->len);
		have += reader->len;
	}
	*ret = reader->page;
	return 0;
}

int memory_page(struct memory_reader *reader, uint64_t pfn, size_t ahead,
		const void **ret)
{
	const struct memory *memory = reader->memory;
	const struct memory_range *range = reader->range;
	uint64_t off;

	if (!range || pfn < range->pfn || pfn >= range->end) {
		range = memory_find(memory, pfn);
		if (!range || pfn < range->pfn)
			return -EFAULT;
		reader->range = range;
	}
	*ret = reader->page;
	if (range->off == MEMORY_PIECES)
		return read_pieces(memory, pfn << memory->page_shift,
				   reader->page, page_len(memory));
	off = frame_off(memory, range, pfn);
	if (reader->len >= page_len(memory) &&
	    off - reader->off <= reader->len - page_len(memory)) {
		*ret = reader->bytes + (off - reader->off);
		return 0;
	}
	if (ahead > range->end - pfn)
		ahead = range->end - pfn;
	if (window_page(reader, off, ahead << memory->page_shift, ret) == 0)
		return 0;
	/* The page may be good where the window is not. */
	reader->len = 0;
	*ret = reader->page;
	return vmcore_try_read(memory->core, off, reader->page,
			       page_len(memory));
}
