// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/kdump-header.h"
#include "capture/kdump-pages.h"
#include "capture/sparse.h"
#include "netstream/log.h"

/* PT_NOTE as the plan has it, behind the sub-header. */
static int write_notes(struct kdump_pages *pages)
{
	const struct session *session = pages->session;
	const struct kdump_layout *layout = &pages->layout;
	const uint64_t start = session->core.note_off;
	struct plan_reader reader;
	uint64_t pos = 0, zero_bytes = 0;
	const void *buf;
	size_t len;
	int ret = 0;

	plan_reader_init(&reader, &session->plan);
	while (pos < layout->notes_len && !ret) {
		ret = object_enough(pages->object) ? -ECANCELED : 0;
		if (ret < 0)
			break;
		ret = plan_read(&reader, start + pos, &buf, &len);
		if (!ret && len == 0)
			ret = -EIO;
		if (ret < 0)
			break;
		if (len > layout->notes_len - pos)
			len = (size_t)(layout->notes_len - pos);
		ret = sparse_record(pages->object, layout->notes_off + pos, buf,
				    len, UINT64_MAX, &zero_bytes);
		pos += len;
	}
	pages->figures->unreadable_notes = reader.unreadable;
	plan_reader_close(&reader);
	return ret ? ret : object_reached(pages->object, layout->bitmap_off[0]);
}

static int write_head(struct kdump_pages *pages)
{
	const struct kdump_layout *layout = &pages->layout;
	struct kdump_sub_header sub_header;
	unsigned int level = pages->options->level | FILTER_ZERO;
	int ret;

	if (filter_why(pages->filter))
		level = FILTER_ZERO;
	kdump_sub_header(pages->session, layout, level, &sub_header);
	ret = object_record(pages->object, layout->sub_header_off, &sub_header,
			    sizeof(sub_header));
	return ret ? ret : write_notes(pages);
}

/* Status: KDUMP_INCOMPLETE or 0. */
static int write_header(struct kdump_pages *pages, uint32_t status)
{
	const struct kdump_figures *figures = pages->figures;
	struct kdump_header header;

	for (size_t i = 0; i < figures->n_shares; i++)
		status |= codec_flag(figures->shares[i].choice.codec);
	kdump_header(pages->session, &pages->layout, status, &header);
	return object_record(pages->object, 0, &header, sizeof(header));
}

/* The digests that the manifest will have, each of bytes in their order. */
static int declare_parts(struct kdump_pages *pages)
{
	const struct kdump_layout *layout = &pages->layout;
	const uint64_t parts[] = {
		0,
		layout->sub_header_off,
		layout->bitmap_off[0],
		layout->bitmap_off[1],
		layout->desc_off,
	};

	return object_parts(pages->object, parts,
			    sizeof(parts) / sizeof(parts[0]));
}

/* Of an object with n pages, each compressed by nothing at worst. */
static int expect(struct kdump_pages *pages, uint64_t n)
{
	struct kdump_layout layout = pages->layout;

	kdump_layout_pages(&layout, n);
	return object_expect(pages->object, layout.zero_off,
			     layout.data_off + n * layout.block_len);
}

static int write_all(struct kdump_pages *pages)
{
	int ret;

	ret = declare_parts(pages);
	if (!ret)
		ret = expect(pages, pages->session->memory.n_pages);
	if (!ret)
		ret = write_head(pages);
	if (!ret)
		ret = kdump_pages_bitmaps(pages);
	if (!ret)
		ret = expect(pages, pages->layout.n_pages);
	if (!ret && pages->layout.n_pages)
		ret = object_part_add(pages->object, pages->layout.zero_off);
	if (!ret)
		ret = kdump_pages_write(pages);
	return ret ? ret : write_header(pages, 0);
}

/*
 * Ends what has begun as a dump of what is there.  The error is not the one
 * that it ends with: that is the target's only.
 */
static void end_early(struct kdump_pages *pages)
{
	int ret = kdump_pages_end_early(pages);

	if (!ret)
		ret = write_header(pages, KDUMP_INCOMPLETE);
	pages->figures->incomplete = !ret;
}

static void take_figures(struct kdump_pages *pages)
{
	struct kdump_figures *figures = pages->figures;
	const char *why = filter_why(pages->filter);
	uint64_t bounced = encoder_bounced(pages->encoder);

	figures->n_threads = encoder_n_threads(pages->encoder);
	snprintf(figures->why, sizeof(figures->why), "%s", why ? why : "");
	if (bounced)
		log_info("%s: %" PRIu64 " bytes read, not mapped",
			 pages->session->core.path, bounced);
}

int kdump_write(const struct session *session,
		const struct kdump_options *options, struct object *object,
		kdump_progress progress, void *arg, struct kdump_figures *ret)
{
	struct kdump_pages *pages = calloc(1, sizeof(*pages));
	int err;

	*ret = (struct kdump_figures){ .pages = session->memory.n_pages };
	if (!pages) {
		log_err("%s: no memory to write it", session->core.path);
		return -ENOMEM;
	}
	pages->progress = progress;
	pages->arg = arg;
	err = kdump_pages_init(pages, session, options, object, ret);
	if (!err) {
		err = write_all(pages);
		if (err < 0 && !object->err && object->begun)
			end_early(pages);
		take_figures(pages);
	}
	kdump_pages_free(pages);
	free(pages);
	return object->err ? object->err : err;
}
