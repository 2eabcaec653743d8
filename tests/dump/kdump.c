// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dump/kdump.h"

#include <lzo/lzo1x.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/dump/source.h"

const char *const kdump_codec_names[KDUMP_CODECS] = { "raw", "zlib", "lzo",
						      "snappy", "zstd" };
const uint32_t kdump_codec_flags[KDUMP_CODECS] = { 0, 1, 2, 4, 0x20 };

static uint64_t popcount(const unsigned char *bits, uint64_t len)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < len; i++)
		n += (uint64_t)__builtin_popcount(bits[i]);
	return n;
}

const char *kdump_open(struct kdump *kdump, const char *path)
{
	uint64_t block, off;

	*kdump = (struct kdump){ .path = path };
	kdump->map = map_file(path, &kdump->size);
	kdump->header = (const struct kdump_header *)kdump->map;
	if (kdump->size < 4096)
		return "shorter than a header";
	if (memcmp(kdump->header->signature, KDUMP_SIGNATURE, 8))
		return "no signature";
	if (kdump->header->version != 6)
		return "not version 6";
	block = kdump->header->block_size;
	if (block != 4096 && block != 16384 && block != 65536)
		return "block_size is no size of a page";
	kdump->block = block;
	if (kdump->size < 2 * block)
		return "shorter than two headers";
	kdump->sub = (const struct kdump_sub_header *)(kdump->map + block);
	kdump->max_pfn = kdump->sub->max_mapnr_64;
	kdump->bitmap_len = kdump->header->bitmap_blocks / 2 * block;
	off = block * (1 + (uint64_t)kdump->header->sub_blocks);
	if (off + 2 * kdump->bitmap_len > kdump->size)
		return "the bitmaps are outside the file";
	if (kdump->max_pfn > kdump->bitmap_len * 8)
		return "max_mapnr_64 is larger than the bitmaps";
	kdump->bitmap1 = kdump->map + off;
	kdump->bitmap2 = kdump->bitmap1 + kdump->bitmap_len;
	off += kdump->header->bitmap_blocks * block;
	kdump->n_descs = popcount(kdump->bitmap2, kdump->bitmap_len);
	kdump->data_off = off + kdump->n_descs * sizeof(struct kdump_desc);
	if (kdump->data_off > kdump->size)
		return "the page_desc table is outside the file";
	kdump->descs = (const struct kdump_desc *)(kdump->map + off);
	return NULL;
}

bool kdump_bit(const unsigned char *bitmap, uint64_t pfn)
{
	return bitmap[pfn >> 3] >> (pfn & 7) & 1;
}

enum kdump_codec kdump_codec(uint32_t flags)
{
	enum kdump_codec codec = RAW;

	while (codec < KDUMP_CODECS && kdump_codec_flags[codec] != flags)
		codec++;
	return codec;
}

static const char *expand_zlib(const unsigned char *from, uint32_t size,
			       unsigned char *page, uint64_t len)
{
	uLongf page_len = len;
	uLong used = size;

	if (uncompress2(page, &page_len, from, &used) != Z_OK)
		return "no zlib stream";
	if (used != size)
		return "bytes behind the zlib stream";
	return page_len == len ? NULL : "zlib: not a whole page";
}

static const char *expand_lzo(const unsigned char *from, uint32_t size,
			      unsigned char *page, uint64_t len)
{
	lzo_uint page_len = len;

	if (lzo1x_decompress_safe(from, size, page, &page_len, NULL) !=
	    LZO_E_OK)
		return "no LZO1X block";
	return page_len == len ? NULL : "lzo: not a whole page";
}

static const char *expand_zstd(const unsigned char *from, uint32_t size,
			       unsigned char *page, uint64_t len)
{
	size_t n;

	if (ZSTD_findFrameCompressedSize(from, size) != size)
		return "not one zstd frame";
	n = ZSTD_decompress(page, len, from, size);
	if (ZSTD_isError(n))
		return "no zstd frame";
	return n == len ? NULL : "zstd: not a whole page";
}

const char *kdump_expand(const struct kdump *kdump,
			 const struct kdump_desc *desc, unsigned char *page)
{
	const unsigned char *from = kdump->map + desc->off;

	switch (kdump_codec(desc->flags)) {
	case RAW:
		memcpy(page, from, kdump->block);
		return NULL;
	case ZLIB:
		return expand_zlib(from, desc->size, page, kdump->block);
	case LZO:
		return expand_lzo(from, desc->size, page, kdump->block);
	case ZSTD:
		return expand_zstd(from, desc->size, page, kdump->block);
	default:
		return "a codec that no program here has";
	}
}
