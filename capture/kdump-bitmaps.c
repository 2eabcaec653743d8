// SPDX-License-Identifier: GPL-2.0-or-later
/* The first pass: bitmaps, and how many pages there will be. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/kdump-pages.h"
#include "capture/sparse.h"
#include "netstream/log.h"

/* Windows whose bits make one record: 2 GiB of pages of 4 KiB. */
#define GROUP_WINDOWS 16
#define WINDOWS_STEP 1024
#define GROUP_LEN ((size_t)GROUP_WINDOWS * FILTER_WINDOW_LEN)

struct group {
	uint64_t off; /* of its bits in the bitmap */
	size_t len;
	uint8_t bits[2][GROUP_LEN];
};

/* FNV-1a over words: it has to see changes, not to withstand anybody. */
uint32_t kdump_window_hash(const uint8_t bits[static FILTER_WINDOW_LEN])
{
	uint64_t hash = 14695981039346656037ULL, word;

	for (size_t i = 0; i < FILTER_WINDOW_LEN; i += sizeof(word)) {
		memcpy(&word, bits + i, sizeof(word));
		hash = (hash ^ word) * 1099511628211ULL;
		hash ^= hash >> 29;
	}
	return (uint32_t)(hash ^ hash >> 32);
}

/* What of the bitmap the group has; the last window may have more bits. */
static int write_group(struct kdump_pages *pages, struct group *group)
{
	const struct kdump_layout *layout = &pages->layout;
	uint64_t left = layout->bitmap_len - group->off;
	size_t len = group->len < left ? group->len : (size_t)left;
	uint64_t zero_bytes = 0;
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++) {
		uint64_t off = layout->bitmap_off[i] + group->off;

		ret = sparse_record(pages->object, off, group->bits[i], len,
				    UINT64_MAX, &zero_bytes);
	}
	group->off += group->len;
	group->len = 0;
	return ret;
}

bool kdump_window_used(const struct kdump_pages *pages, uint64_t pfn)
{
	const struct memory_range *range;

	range = memory_find(&pages->session->memory, pfn);
	return range && range->pfn < pfn + FILTER_WINDOW_PAGES;
}

static struct kdump_window *new_window(struct kdump_pages *pages)
{
	struct kdump_window *more;

	if (pages->n_windows == pages->windows_room) {
		more = realloc(pages->windows,
			       (pages->windows_room + WINDOWS_STEP) *
				       sizeof(*more));
		if (!more) {
			log_err("%s: no memory for %zu windows",
				pages->session->core.path,
				pages->windows_room + WINDOWS_STEP);
			return NULL;
		}
		pages->windows = more;
		pages->windows_room += WINDOWS_STEP;
	}
	return &pages->windows[pages->n_windows++];
}

/* Those of the newest window; of none, as soon as it is one too many. */
static void keep_bits(struct kdump_pages *pages, const uint8_t *bits)
{
	size_t off = (pages->n_windows - 1) * FILTER_WINDOW_LEN;

	if (!pages->bits)
		return;
	if (off + FILTER_WINDOW_LEN <= pages->options->kept_bits) {
		memcpy(pages->bits + off, bits, FILTER_WINDOW_LEN);
		return;
	}
	free(pages->bits);
	pages->bits = NULL;
}

/* What has to be known of a window when its pages are sent. */
static int keep_window(struct kdump_pages *pages, const uint8_t *bits,
		       struct kdump_cursor *cursor)
{
	struct kdump_window *window;

	if (!kdump_window_used(pages, cursor->pfn))
		return 0;
	window = new_window(pages);
	if (!window)
		return -ENOMEM;
	keep_bits(pages, bits);
	window->pfn = cursor->pfn;
	window->n_pages = filter_count(bits);
	window->hash = kdump_window_hash(bits);
	early_ranks(&pages->early, &cursor->early, cursor->pfn, bits,
		    FILTER_WINDOW_PAGES, cursor->rank);
	cursor->rank += window->n_pages;
	return 0;
}

static int add_window(struct kdump_pages *pages, struct group *group,
		      struct kdump_cursor *cursor)
{
	uint8_t *bits = group->bits[1] + group->len;
	int ret;

	memory_bits(&pages->session->memory, cursor->pfn, FILTER_WINDOW_PAGES,
		    group->bits[0] + group->len);
	ret = keep_window(pages, bits, cursor);
	if (ret < 0)
		return ret;
	cursor->pfn += FILTER_WINDOW_PAGES;
	group->len += FILTER_WINDOW_LEN;
	if (group->len < GROUP_LEN)
		return 0;
	return write_group(pages, group);
}

int kdump_pages_bitmaps(struct kdump_pages *pages)
{
	struct group *group = calloc(1, sizeof(*group));
	struct kdump_cursor cursor = { 0 };
	int ret = 0;

	if (!group)
		return -ENOMEM;
	/* Without memory for it there is a second pass. */
	if (pages->options->kept_bits)
		pages->bits = malloc(pages->options->kept_bits);
	while (!ret && filter_next(pages->filter, group->bits[1] + group->len))
		ret = object_enough(pages->object)
			      ? -ECANCELED
			      : add_window(pages, group, &cursor);
	if (!ret && group->len)
		ret = write_group(pages, group);
	free(group);
	if (ret < 0)
		return ret;
	pages->figures->filter = *filter_stats(pages->filter);
	pages->figures->kept = cursor.rank;
	kdump_layout_pages(&pages->layout, cursor.rank);
	return 0;
}
