// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk over the struct pages: section by section, in stretches that are
 * contiguous in the vmcore, through a window that is mapped as it goes.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../netstream/log.h"
#include "filter.h"
#include "memmap.h"
#include "page-class.h"

#define WHY_LEN 96
/* A shorter stretch is read: mapping a window for it would cost more. */
#define MAP_MIN (64U << 10)
/* What is looked at in one go: leaves of 4 KiB may follow each other. */
#define STRETCH_MAX (2U << 20)

struct filter {
	const struct memory *memory;
	struct arch arch;
	struct memmap map;
	struct page_scan scan;
	struct window window;
	struct filter_stats stats;
	uint64_t next; /* window */
	bool looks; /* at struct pages */
	const char *why;
	char why_text[WHY_LEN];
	/* The last stretch: virtual addresses, and where they are. */
	uint64_t virt;
	uint64_t virt_end;
	uint64_t phys;
	unsigned char *copy; /* MAP_MIN bytes that were read */
	uint64_t copy_phys;
	size_t copy_len;
};

/* Where struct pages are, for as far as they lie one behind the other. */
static int find_stretch(struct filter *filter, uint64_t virt)
{
	uint64_t phys, len, more;
	int err;

	if (virt >= filter->virt && virt < filter->virt_end)
		return 0;
	filter->virt_end = 0;
	err = arch_translate(&filter->arch, virt, &phys, &len);
	if (err < 0)
		return err;
	filter->virt = virt;
	filter->phys = phys;
	while (len < STRETCH_MAX) {
		uint64_t at;

		if (arch_translate(&filter->arch, virt + len, &at, &more) < 0 ||
		    at != phys + len)
			break;
		len += more;
	}
	filter->virt_end = virt + len;
	return 0;
}

/* From the copy: at most len bytes are read, or what its page has. */
static int read_stretch(struct filter *filter, uint64_t phys, uint64_t *len,
			const unsigned char **ret)
{
	uint64_t page_len = 1ULL << filter->memory->page_shift;
	uint64_t has = *len < MAP_MIN ? *len : MAP_MIN;
	uint64_t in_page = page_len - phys % page_len;
	int err;

	if (phys >= filter->copy_phys &&
	    phys - filter->copy_phys < filter->copy_len) {
		has = filter->copy_len - (phys - filter->copy_phys);
		*ret = filter->copy + (phys - filter->copy_phys);
		*len = has < *len ? has : *len;
		return 0;
	}
	filter->copy_len = 0;
	err = memory_read(filter->memory, phys, filter->copy, has);
	if (err < 0 && in_page < has) {
		has = in_page;
		err = memory_read(filter->memory, phys, filter->copy, has);
	}
	if (err < 0)
		return err;
	filter->copy_phys = phys;
	filter->copy_len = has;
	*ret = filter->copy;
	*len = has;
	return 0;
}

/* *len bytes at most at a virtual address, without copying where it pays. */
static int bytes_at(struct filter *filter, uint64_t virt, uint64_t *len,
		    const unsigned char **ret)
{
	const struct memory *memory = filter->memory;
	const struct memory_range *range;
	uint64_t phys, pfn, left;
	const void *bytes;
	size_t has;
	int err;

	err = find_stretch(filter, virt);
	if (err < 0)
		return err;
	phys = filter->phys + (virt - filter->virt);
	left = filter->virt_end - virt;
	pfn = phys >> memory->page_shift;
	range = memory_find(memory, pfn);
	if (!range || pfn < range->pfn)
		return -EFAULT;
	if (left > (range->end << memory->page_shift) - phys)
		left = (range->end << memory->page_shift) - phys;
	if (range->off != MEMORY_PIECES &&
	    filter->virt_end - filter->virt >= MAP_MIN) {
		err = window_at(&filter->window,
				range->off + (phys - (range->pfn
						      << memory->page_shift)),
				&bytes, &has);
		if (err == 0 && has > 0) {
			*ret = bytes;
			*len = has < *len ? has : *len;
			*len = left < *len ? left : *len;
			return 0;
		}
	}
	*len = left < *len ? left : *len;
	return read_stretch(filter, phys, len, ret);
}

/* A struct page that does not lie in one piece where the others do. */
static int copy_page(struct filter *filter, uint64_t virt, unsigned char *page)
{
	uint64_t left = filter->map.page_len, len;
	const unsigned char *bytes;
	int err;

	for (; left; left -= len, virt += len, page += len) {
		len = left;
		err = bytes_at(filter, virt, &len, &bytes);
		if (err < 0)
			return err;
		memcpy(page, bytes, len);
	}
	return 0;
}

/* Reads by itself: the window stays where the scan is. */
static bool peek(void *arg, uint64_t pfn, void *page)
{
	struct filter *filter = arg;
	uint64_t virt, phys, len, end, left = filter->map.page_len;
	unsigned char *to = page;

	if (memmap_find(&filter->map, pfn, &virt, &end) < 0)
		return false;
	for (; left; left -= len, virt += len, to += len) {
		if (arch_translate(&filter->arch, virt, &phys, &len) < 0)
			return false;
		if (len > left)
			len = left;
		if (memory_read(filter->memory, phys, to, len) < 0)
			return false;
	}
	return true;
}

/* The struct pages of these frames cannot be read. */
static void give_up(struct filter *filter, uint64_t pfn, uint64_t end)
{
	if (filter->stats.unreadable == 0)
		filter->stats.first_unreadable = pfn;
	filter->stats.unreadable += end - pfn;
}

/* Frames to pass over: those whose struct pages start on the same page. */
static uint64_t behind_page(const struct filter *filter, uint64_t virt,
			    uint64_t pfn, uint64_t end)
{
	uint64_t page_len = 1ULL << filter->memory->page_shift;
	uint64_t left = page_len - virt % page_len;
	uint64_t n = (left + filter->map.page_len - 1) / filter->map.page_len;

	return n < end - pfn ? pfn + n : end;
}

/* Frames of one section, all in the vmcore; the frame to go on with. */
static uint64_t scan_section(struct filter *filter, uint64_t virt, uint64_t pfn,
			     uint64_t end)
{
	uint64_t page_len = filter->map.page_len, next, len;
	unsigned char copy[PAGE_STRUCT_MAX];
	const unsigned char *bytes;
	int err;

	while (pfn < end) {
		len = (end - pfn) * page_len;
		err = bytes_at(filter, virt, &len, &bytes);
		if (err == 0 && len < page_len) {
			err = copy_page(filter, virt, copy);
			bytes = copy;
			len = page_len;
		}
		if (err < 0) {
			next = behind_page(filter, virt, pfn, end);
			give_up(filter, pfn, next);
		} else {
			next = page_scan(&filter->scan, bytes, pfn,
					 len / page_len);
		}
		virt += (next - pfn) * page_len;
		pfn = next;
	}
	return pfn;
}

/* Frames of the window that are in the vmcore; the frame to go on with. */
static uint64_t scan_frames(struct filter *filter, uint64_t pfn, uint64_t end)
{
	uint64_t virt, stop;
	int err;

	while (pfn < end) {
		err = memmap_find(&filter->map, pfn, &virt, &stop);
		if (stop > end)
			stop = end;
		if (err == 0) {
			pfn = scan_section(filter, virt, pfn, stop);
			continue;
		}
		if (err == -ENODATA)
			filter->stats.no_section += stop - pfn;
		else
			give_up(filter, pfn, stop);
		pfn = stop;
	}
	return pfn;
}

/* Range is the first one that has frames of the window. */
static void scan_window(struct filter *filter, const struct memory_range *range,
			uint8_t *bits, uint64_t start, uint64_t end)
{
	const struct memory *memory = filter->memory;
	uint64_t pfn;

	page_scan_window(&filter->scan, bits, start, end);
	pfn = filter->scan.pending_end;
	for (; range < memory->ranges + memory->n_ranges && range->pfn < end;
	     range++) {
		if (pfn < range->pfn)
			pfn = range->pfn;
		if (pfn < start)
			pfn = start;
		/* The kernel does not use a page of which it has a part. */
		if (range->off != MEMORY_PIECES && pfn < range->end)
			pfn = scan_frames(filter, pfn,
					  range->end < end ? range->end : end);
	}
}

uint32_t filter_count(const uint8_t bits[static FILTER_WINDOW_LEN])
{
	uint64_t word;
	uint32_t n = 0;

	for (size_t i = 0; i < FILTER_WINDOW_LEN; i += sizeof(word)) {
		memcpy(&word, bits + i, sizeof(word));
		n += (uint32_t)__builtin_popcountll(word);
	}
	return n;
}

bool filter_next(struct filter *filter, uint8_t bits[static FILTER_WINDOW_LEN])
{
	uint64_t start = filter->next * FILTER_WINDOW_PAGES;
	uint64_t end = start + FILTER_WINDOW_PAGES;
	const struct memory_range *range = memory_find(filter->memory, start);

	/* None behind the last window. */
	if (!range)
		return false;
	filter->next++;
	memory_bits(filter->memory, start, FILTER_WINDOW_PAGES, bits);
	/* Between memory there may be thousands of windows without any. */
	if (range->pfn >= end)
		return true;
	if (filter->looks)
		scan_window(filter, range, bits, start, end);
	filter->stats.pages[PAGE_KEPT] += filter_count(bits);
	for (size_t i = PAGE_KEPT + 1; i < PAGE_CLASSES; i++)
		filter->stats.pages[i] = filter->scan.left_out[i];
	return true;
}

uint64_t filter_n_windows(const struct filter *filter)
{
	return (filter->memory->max_pfn + FILTER_WINDOW_PAGES - 1) /
	       FILTER_WINDOW_PAGES;
}

void filter_rewind(struct filter *filter)
{
	filter->next = 0;
	filter->stats = (struct filter_stats){ 0 };
	memset(filter->scan.left_out, 0, sizeof(filter->scan.left_out));
	filter->scan.pending_end = 0;
}

const struct filter_stats *filter_stats(const struct filter *filter)
{
	return &filter->stats;
}

const char *filter_why(const struct filter *filter)
{
	return filter->why;
}

/* Says what is wrong with a key, or that it is not that. */
static void set_why(struct filter *filter, int err, const char *key)
{
	filter->why = filter->why_text;
	if (err == -ENODATA)
		snprintf(filter->why_text, WHY_LEN, "no %s in vmcoreinfo", key);
	else if (err == -EBADMSG)
		snprintf(filter->why_text, WHY_LEN,
			 "%s in vmcoreinfo is not what it should be", key);
	else if (err == -ENOTSUP)
		filter->why = "an architecture or page size that is not known";
	else
		filter->why = "mem_section or what it leads to is not readable";
}

/* What has to be known about the kernel; sets why when it is not. */
static void look_at_kernel(struct filter *filter, const struct vmcoreinfo *info,
			   unsigned int level)
{
	char key[PAGE_KEY_LEN] = "";
	int err;

	err = page_layout_init(&filter->scan.layout, info, level, key);
	if (err < 0) {
		set_why(filter, err, key);
		return;
	}
	err = arch_init(&filter->arch, filter->memory, info);
	if (err < 0) {
		set_why(filter, err, filter->arch.missing);
		return;
	}
	err = memmap_init(&filter->map, &filter->arch, filter->memory, info);
	if (err < 0) {
		set_why(filter, err, filter->map.missing);
		return;
	}
	/* With zero pages alone only hwpoison makes makedumpfile look. */
	filter->looks = level > FILTER_ZERO || filter->scan.layout.hwpoison;
}

int filter_new(struct filter **ret, const struct memory *memory,
	       const struct vmcoreinfo *info, unsigned int level)
{
	struct filter *filter = calloc(1, sizeof(*filter));

	*ret = filter;
	if (!filter)
		goto err;
	filter->memory = memory;
	filter->copy = malloc(MAP_MIN);
	if (!filter->copy)
		goto err;
	window_init(&filter->window, memory->core);
	filter->window.quiet = true; /* read_stretch() tries again */
	filter->scan.peek = peek;
	filter->scan.arg = filter;
	if (level == 0)
		return 0;
	look_at_kernel(filter, info, level);
	if (filter->why)
		log_warn("%s: no page is left out: %s", memory->core->path,
			 filter->why);
	return 0;

err:
	log_err("%s: no memory for the page filter", memory->core->path);
	filter_free(filter);
	*ret = NULL;
	return -ENOMEM;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	window_close(&filter->window);
	free(filter->copy);
	free(filter);
}
