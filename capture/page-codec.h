/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compression of one page for the kdump format: zstd frames, LZO1X blocks,
 * zlib streams, or the page as it is.  A page that does not become smaller is
 * stored as it is, by the caller.
 *
 * The same input gives the same bytes in every thread and at every call.
 */
#ifndef CAPTURE_PAGE_CODEC_H
#define CAPTURE_PAGE_CODEC_H

#include <stddef.h>
#include <stdint.h>

/* page_desc.flags, and header.status (makedumpfile's diskdump_mod.h). */
#define PAGE_RAW 0
#define PAGE_ZLIB 0x1
#define PAGE_LZO 0x2
#define PAGE_ZSTD 0x20

enum page_codec { CODEC_NONE, CODEC_LZO, CODEC_ZLIB, CODEC_ZSTD };

/* What is asked for: "zstd:3", "lzo", "zlib", "none"; no level means 1. */
struct codec_choice {
	enum page_codec codec;
	int level; /* of zlib 1..9, of zstd -100..-1 and 1..22, else 0 */
};

#define CODEC_NAME_LEN 12

/* -EINVAL for a text that is none of these, without a log line. */
int codec_parse(struct codec_choice *choice, const char *text);
void codec_name(char buf[static CODEC_NAME_LEN],
		const struct codec_choice *choice);

/* PAGE_ZSTD and so on. */
uint32_t codec_flag(enum page_codec codec);

/*
 * One per thread: the libraries' working memory, allocated when first used.
 * For pages of 4 KiB: lzo 16 KiB, zlib 164 KiB, zstd:1 72 KiB, zstd:22 269 KiB.
 */
struct page_codec_state;

/* -ENOMEM, logged.  The page size is that of every page. */
int page_codec_new(struct page_codec_state **ret, size_t page_len);
void page_codec_free(struct page_codec_state *state);

/* Room that page_compress() wants behind `to`, whatever the codec. */
size_t page_codec_bound(size_t page_len);

/*
 * Compresses a page.  *len is less than the page's length; 0 when nothing is
 * gained (or for CODEC_NONE): the page is to be stored as it is.  -ENOMEM or
 * -EIO, logged.
 */
int page_compress(struct page_codec_state *state,
		  const struct codec_choice *choice, const void *page, void *to,
		  size_t *len);

#endif
