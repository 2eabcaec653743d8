// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/kdump-pages.h"
#include "netstream/io.h"
#include "netstream/log.h"

int kdump_pages_init(struct kdump_pages *pages, const struct session *session,
		     const struct kdump_options *options, struct object *object,
		     struct kdump_figures *figures)
{
	const struct memory *memory = &session->memory;
	int ret;

	pages->session = session;
	pages->options = options;
	pages->object = object;
	pages->figures = figures;
	ret = kdump_layout(&pages->layout, memory, &session->plan);
	if (!ret)
		ret = filter_new(&pages->filter, memory, &session->info,
				 options->level);
	if (!ret)
		ret = encoder_new(&pages->encoder, memory, options->n_threads);
	if (ret < 0)
		return ret;
	early_find(&pages->early, memory, &session->info);
	adapt_init(&pages->adapt, encoder_n_threads(pages->encoder));
	return 0;
}

void kdump_pages_free(struct kdump_pages *pages)
{
	early_free(&pages->early);
	encoder_free(pages->encoder);
	filter_free(pages->filter);
	free(pages->bits);
	free(pages->windows);
}

static struct encoded_page *add_page(struct encoder_batch *batch, uint64_t pfn)
{
	struct encoded_page *page = &batch->pages[batch->n++];

	*page = (struct encoded_page){ .pfn = pfn, .state = PAGE_STORED };
	return page;
}

static void set_choice(struct kdump_pages *pages, struct encoder_batch *batch)
{
	if (pages->options->adaptive)
		batch->choice = *adapt_choice(&pages->adapt);
	else
		batch->choice = pages->options->choice;
}

static int next_early(void *arg, struct encoder_batch *batch)
{
	struct kdump_pages *pages = arg;
	struct kdump_cursor *cursor = &pages->cursor;

	set_choice(pages, batch);
	for (; cursor->early < pages->early.n && batch->n < batch->max;
	     cursor->early++) {
		struct early_page *early = &pages->early.pages[cursor->early];

		if (early->rank != EARLY_LEFT_OUT)
			add_page(batch, early->pfn);
	}
	return 0;
}

/* Has the window changed since the first pass? */
static bool has_changed(struct kdump_pages *pages,
			const struct kdump_window *window,
			const struct kdump_cursor *cursor)
{
	if (kdump_window_hash(cursor->bits) == window->hash)
		return false;
	pages->figures->changed += window->n_pages;
	return true;
}

/* The next window from what the first pass has kept. */
static bool next_kept(const struct kdump_pages *pages,
		      struct kdump_cursor *cursor)
{
	size_t i = cursor->window;

	if (i == pages->n_windows)
		return false;
	memcpy(cursor->bits, pages->bits + i * FILTER_WINDOW_LEN,
	       FILTER_WINDOW_LEN);
	cursor->pfn = pages->windows[i].pfn;
	cursor->pos = 0;
	cursor->window++;
	return true;
}

/* False behind the last window. */
static bool next_window(struct kdump_pages *pages, struct kdump_cursor *cursor)
{
	const struct kdump_window *window;

	if (pages->bits)
		return next_kept(pages, cursor);
	if (!filter_next(pages->filter, cursor->bits))
		return false;
	cursor->pfn = cursor->next_pfn;
	cursor->next_pfn += FILTER_WINDOW_PAGES;
	cursor->pos = FILTER_WINDOW_PAGES;
	if (!kdump_window_used(pages, cursor->pfn) ||
	    cursor->window == pages->n_windows)
		return true;
	window = &pages->windows[cursor->window++];
	/* As many descriptors as there is room for, no pages. */
	if (has_changed(pages, window, cursor))
		cursor->n_missing = window->n_pages;
	else if (window->n_pages)
		cursor->pos = 0;
	return true;
}

/* The next set bit from pos on, FILTER_WINDOW_PAGES without one. */
static uint64_t next_bit(const uint8_t *bits, uint64_t pos)
{
	uint64_t word;

	while (pos < FILTER_WINDOW_PAGES) {
		memcpy(&word, bits + pos / 64 * 8, sizeof(word));
		word >>= pos % 64;
		if (word)
			return pos + (uint64_t)__builtin_ctzll(word);
		pos = (pos / 64 + 1) * 64;
	}
	return FILTER_WINDOW_PAGES;
}

/* The early page whose turn it is, if it is one's. */
static struct early_page *early_at(struct early *early, size_t *next,
				   uint64_t rank)
{
	while (*next < early->n && early->pages[*next].rank == EARLY_LEFT_OUT)
		++*next;
	if (*next == early->n || early->pages[*next].rank != rank)
		return NULL;
	return &early->pages[(*next)++];
}

static void add_kept(struct kdump_pages *pages, struct encoder_batch *batch)
{
	struct kdump_cursor *cursor = &pages->cursor;
	struct encoded_page *page;

	page = add_page(batch, cursor->pfn + cursor->pos);
	if (cursor->n_missing) {
		cursor->n_missing--;
		page->state = PAGE_UNREADABLE;
	} else {
		cursor->pos++;
	}
	if (early_at(&pages->early, &cursor->early, cursor->rank))
		page->state = PAGE_SKIPPED;
	cursor->rank++;
}

static int next_page(void *arg, struct encoder_batch *batch)
{
	struct kdump_pages *pages = arg;
	struct kdump_cursor *cursor = &pages->cursor;

	set_choice(pages, batch);
	while (batch->n < batch->max) {
		cursor->pos = next_bit(cursor->bits, cursor->pos);
		if (cursor->pos < FILTER_WINDOW_PAGES || cursor->n_missing)
			add_kept(pages, batch);
		else if (!next_window(pages, cursor))
			break;
	}
	pages->progress(pages->arg, cursor->pfn + cursor->pos);
	return 0;
}

static struct kdump_share *find_share(struct kdump_figures *figures,
				      const struct codec_choice *choice)
{
	struct kdump_share *share = figures->shares;

	for (; share < figures->shares + figures->n_shares; share++)
		if (!memcmp(&share->choice, choice, sizeof(*choice)))
			return share;
	figures->n_shares++;
	share->choice = *choice;
	return share;
}

static void count(struct kdump_pages *pages, const struct encoder_batch *batch)
{
	struct kdump_figures *figures = pages->figures;
	struct kdump_share *share;

	for (size_t i = 0; i < batch->n; i++) {
		const struct encoded_page *page = &batch->pages[i];

		figures->zero += page->state == PAGE_ZERO;
		figures->unreadable += page->state == PAGE_UNREADABLE;
		figures->raw +=
			page->state == PAGE_STORED && page->flags == PAGE_RAW;
	}
	if (!batch->source_len)
		return;
	share = find_share(figures, &batch->choice);
	share->pages += batch->source_len / pages->layout.block_len;
	share->source_len += batch->source_len;
	share->stored_len += batch->data_len;
	share->ns += batch->ns;
}

/* The stored pages of a batch, to where they go. */
static int write_data(struct kdump_pages *pages,
		      const struct encoder_batch *batch)
{
	const struct target_stats *stats = &pages->object->target->stats;
	uint64_t start = now_ns();
	int ret;

	if (!batch->data_len)
		return 0;
	ret = object_record(pages->object, pages->data_pos, batch->data,
			    batch->data_len);
	adapt_encoded(&pages->adapt, &batch->choice, batch->source_len,
		      batch->data_len, batch->ns);
	adapt_sent(&pages->adapt, stats->acked - pages->acked,
		   now_ns() - start);
	pages->acked = stats->acked;
	return ret;
}

/* The descriptor of a page; *pos moves over what is stored of it. */
static struct page_desc describe(const struct kdump_layout *layout,
				 uint32_t state, uint32_t len, uint32_t flags,
				 uint64_t *pos)
{
	struct page_desc desc = { 0 };

	if (state == PAGE_ZERO) {
		desc.off = layout->zero_off;
		desc.len = (uint32_t)layout->block_len;
	} else if (state == PAGE_STORED) {
		desc.off = *pos;
		desc.len = len;
		desc.flags = flags;
		*pos += len;
	}
	return desc;
}

static int write_descs(struct kdump_pages *pages, uint64_t rank,
		       const struct page_desc *descs, size_t n)
{
	return object_send(pages->object,
			   pages->layout.desc_off + rank * sizeof(*descs),
			   descs, n * sizeof(*descs));
}

/* Those that follow each other go out together. */
static int done_early(void *arg, const struct encoder_batch *batch)
{
	struct kdump_pages *pages = arg;
	uint64_t pos = pages->data_pos;
	size_t run = 0; /* first one of a run */
	uint64_t rank = 0; /* of the first one of the run */
	int ret;

	if (object_enough(pages->object))
		return -ECANCELED;
	ret = write_data(pages, batch);
	for (size_t i = 0; i < batch->n && !ret; i++) {
		const struct encoded_page *page = &batch->pages[i];
		struct early_page *early;

		while (pages->early.pages[pages->early_done].rank ==
		       EARLY_LEFT_OUT)
			pages->early_done++;
		early = &pages->early.pages[pages->early_done++];
		early->len = page->len;
		early->flags = page->flags;
		early->state = page->state;
		pages->descs[i] = describe(&pages->layout, page->state,
					   page->len, page->flags, &pos);
		if (i > run && early->rank != rank + (i - run)) {
			ret = write_descs(pages, rank, &pages->descs[run],
					  i - run);
			run = i;
		}
		if (i == run)
			rank = early->rank;
	}
	if (!ret)
		ret = write_descs(pages, rank, &pages->descs[run],
				  batch->n - run);
	pages->data_pos += batch->data_len;
	pages->figures->early += batch->n;
	count(pages, batch);
	return ret;
}

/* All of them are digested; those of early pages have been sent. */
static int write_table(struct kdump_pages *pages,
		       const struct encoder_batch *batch)
{
	size_t run = 0;
	int ret;

	ret = object_digest_at(pages->object,
			       pages->layout.desc_off +
				       pages->rank * sizeof(*pages->descs),
			       pages->descs, batch->n * sizeof(*pages->descs));
	for (size_t i = 0; i <= batch->n && !ret; i++) {
		if (i < batch->n && batch->pages[i].state != PAGE_SKIPPED)
			continue;
		if (i > run)
			ret = write_descs(pages, pages->rank + run,
					  &pages->descs[run], i - run);
		run = i + 1;
	}
	return ret;
}

static int done_page(void *arg, const struct encoder_batch *batch)
{
	struct kdump_pages *pages = arg;
	uint64_t pos = pages->data_pos;
	int ret;

	if (object_enough(pages->object))
		return -ECANCELED;
	ret = write_data(pages, batch);
	for (size_t i = 0; i < batch->n; i++) {
		const struct encoded_page *page = &batch->pages[i];
		const struct early_page *early = NULL;

		if (page->state == PAGE_SKIPPED)
			early = early_at(&pages->early, &pages->early_done,
					 pages->rank + i);
		if (early)
			pages->descs[i] = describe(&pages->layout, early->state,
						   early->len, early->flags,
						   &pages->early_pos);
		else
			pages->descs[i] =
				describe(&pages->layout, page->state, page->len,
					 page->flags, &pos);
	}
	if (!ret)
		ret = write_table(pages, batch);
	pages->data_pos += batch->data_len;
	pages->rank += batch->n;
	count(pages, batch);
	return ret;
}

static int write_zeros(struct kdump_pages *pages)
{
	static const unsigned char zeros[1 << 16];
	const struct kdump_layout *layout = &pages->layout;

	return object_record(pages->object, layout->zero_off, zeros,
			     layout->block_len);
}

/* The descriptors of these early pages, which have been sent before. */
static int digest_early(struct kdump_pages *pages, size_t from, size_t to)
{
	int ret = 0;

	for (size_t i = from; i < to && !ret; i++) {
		const struct early_page *early = &pages->early.pages[i];
		struct page_desc desc;

		if (early->rank == EARLY_LEFT_OUT)
			continue;
		desc = describe(&pages->layout, early->state, early->len,
				early->flags, &pages->early_pos);
		ret = object_digest_at(pages->object,
				       pages->layout.desc_off +
					       early->rank * sizeof(desc),
				       &desc, sizeof(desc));
		pages->figures->not_sent--;
	}
	return ret;
}

int kdump_pages_end_early(struct kdump_pages *pages)
{
	pages->figures->not_sent = pages->figures->kept - pages->rank;
	if (!pages->data_pos) {
		/* So that a reader finds the bitmaps, and no page. */
		kdump_layout_pages(&pages->layout, 0);
		return write_zeros(pages);
	}
	if (!pages->early_sent)
		return digest_early(pages, 0, pages->early_done);
	return digest_early(pages, pages->early_done, pages->early.n);
}

int kdump_pages_write(struct kdump_pages *pages)
{
	static const struct encoder_ops early_ops = { next_early, done_early };
	static const struct encoder_ops ops = { next_page, done_page };
	int ret;

	ret = write_zeros(pages);
	pages->acked = pages->object->target->stats.acked;
	pages->data_pos = pages->early_pos = pages->layout.data_off;
	if (!ret)
		ret = encoder_run(pages->encoder, &early_ops, pages);
	if (ret < 0)
		return ret;

	pages->early_sent = true;
	pages->early_done = 0;
	filter_rewind(pages->filter);
	pages->cursor = (struct kdump_cursor){ .pos = FILTER_WINDOW_PAGES };
	return encoder_run(pages->encoder, &ops, pages);
}
