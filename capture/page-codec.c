// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lzo/lzo1x.h>
#define ZLIB_CONST
#include <zlib.h>
/* For ZSTD_c_useRowMatchFinder. */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include "capture/page-codec.h"
#include "netstream/log.h"

/*
 * lzo1x_1_11 clears 4 KiB for each page, lzo1x_1 32 KiB: 1240 MB per CPU
 * second at 36.9 % against 1050 at 36.7.
 */
#define LZO_MEMORY LZO1X_1_11_MEM_COMPRESS
/* lzo's own examples: what does not compress grows by that much. */
#define LZO_BOUND(len) ((len) + (len) / 16 + 64 + 3)

/* A smaller hash table is cleared faster, and costs more than that. */
#define ZLIB_MEM_LEVEL 8

struct page_codec_state {
	size_t page_len;
	ZSTD_CCtx *zstd;
	int zstd_level;
	void *lzo;
	bool zlib_ready;
	int zlib_level;
	z_stream zlib;
};

static const struct codec {
	const char *name;
	uint32_t flag;
	int level_min;
	int level_max;
	int level_default; /* 0: there are no levels */
} codecs[] = {
	[CODEC_NONE] = { "none", PAGE_RAW, 0, 0, 0 },
	[CODEC_LZO] = { "lzo", PAGE_LZO, 0, 0, 0 },
	[CODEC_ZLIB] = { "zlib", PAGE_ZLIB, 1, 9, 1 },
	[CODEC_ZSTD] = { "zstd", PAGE_ZSTD, -100, 22, 1 },
};

/* Nothing but a sign and digits; 0 is no level: to zstd it means another. */
static int parse_level(int *level, const struct codec *codec, const char *text)
{
	size_t n_digits = strspn(text + (*text == '-'), "0123456789");
	long value;

	if (!n_digits || n_digits > 3 || text[(*text == '-') + n_digits])
		return -EINVAL;
	value = strtol(text, NULL, 10);
	if (!value || value < codec->level_min || value > codec->level_max)
		return -EINVAL;
	*level = (int)value;
	return 0;
}

int codec_parse(struct codec_choice *choice, const char *text)
{
	size_t len = strcspn(text, ":");

	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		const struct codec *codec = &codecs[i];
		int level = codec->level_default;

		if (strlen(codec->name) != len ||
		    memcmp(codec->name, text, len))
			continue;
		if (text[len] && parse_level(&level, codec, text + len + 1))
			return -EINVAL;
		choice->codec = (enum page_codec)i;
		choice->level = level;
		return 0;
	}
	return -EINVAL;
}

void codec_name(char buf[static CODEC_NAME_LEN],
		const struct codec_choice *choice)
{
	const struct codec *codec = &codecs[choice->codec];

	if (codec->level_default)
		snprintf(buf, CODEC_NAME_LEN, "%s:%d", codec->name,
			 choice->level);
	else
		snprintf(buf, CODEC_NAME_LEN, "%s", codec->name);
}

uint32_t codec_flag(enum page_codec codec)
{
	return codecs[codec].flag;
}

int page_codec_new(struct page_codec_state **ret, size_t page_len)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret) {
		log_err("compression: out of memory");
		return -ENOMEM;
	}
	(*ret)->page_len = page_len;
	return 0;
}

void page_codec_free(struct page_codec_state *state)
{
	if (!state)
		return;
	ZSTD_freeCCtx(state->zstd);
	if (state->zlib_ready)
		deflateEnd(&state->zlib);
	free(state->lzo);
	free(state);
}

/* zstd and zlib never get more room than a page that gained has. */
size_t page_codec_bound(size_t page_len)
{
	return LZO_BOUND(page_len);
}

static int zstd_error(size_t ret)
{
	log_err("zstd: %s", ZSTD_getErrorName(ret));
	return ZSTD_getErrorCode(ret) == ZSTD_error_memory_allocation ? -ENOMEM
								      : -EIO;
}

/*
 * The row match finder, which pages of 64 KiB would get, hashes with a salt
 * that depends on the pages before.
 */
static int set_zstd(struct page_codec_state *state, int level)
{
	size_t ret;

	if (!state->zstd)
		state->zstd = ZSTD_createCCtx();
	if (!state->zstd) {
		log_err("zstd: out of memory");
		return -ENOMEM;
	}
	/* A page that did not fit has left it in the midst of a frame. */
	ret = ZSTD_CCtx_reset(state->zstd, ZSTD_reset_session_only);
	if (!ZSTD_isError(ret))
		ret = ZSTD_CCtx_setParameter(
			state->zstd, ZSTD_c_useRowMatchFinder, ZSTD_ps_disable);
	if (!ZSTD_isError(ret))
		ret = ZSTD_CCtx_setParameter(state->zstd,
					     ZSTD_c_compressionLevel, level);
	if (ZSTD_isError(ret))
		return zstd_error(ret);
	state->zstd_level = level;
	return 0;
}

/*
 * libzstd sizes its tables for the one page that it is given, and need not
 * clear them for the next: 72 KiB for a page of 4 KiB at level 1, 269 KiB at
 * level 22; 1.7 MiB for one of 64 KiB.
 */
static int compress_zstd(struct page_codec_state *state, int level,
			 const void *page, void *to, size_t *len)
{
	size_t ret;
	int err = 0;

	if (!state->zstd || state->zstd_level != level)
		err = set_zstd(state, level);
	if (err < 0)
		return err;
	ret = ZSTD_compress2(state->zstd, to, state->page_len - 1, page,
			     state->page_len);
	if (ZSTD_getErrorCode(ret) == ZSTD_error_dstSize_tooSmall)
		ret = 0;
	if (ZSTD_isError(ret))
		return zstd_error(ret);
	*len = ret;
	return 0;
}

static int compress_lzo(struct page_codec_state *state, int level,
			const void *page, void *to, size_t *len)
{
	lzo_uint out_len;

	(void)level;
	if (!state->lzo) {
		if (lzo_init() != LZO_E_OK) {
			log_err("lzo: liblzo2 does not fit this machine");
			return -EIO;
		}
		state->lzo = malloc(LZO_MEMORY);
	}
	if (!state->lzo) {
		log_err("lzo: out of memory");
		return -ENOMEM;
	}
	if (lzo1x_1_11_compress(page, state->page_len, to, &out_len,
				state->lzo) != LZO_E_OK) {
		log_err("lzo: a page cannot be compressed");
		return -EIO;
	}
	*len = out_len < state->page_len ? out_len : 0;
	return 0;
}

/* The smallest window that reaches from the end of a page to its start. */
static int zlib_window_bits(size_t page_len)
{
	int bits = 9;

	/* zlib's MIN_LOOKAHEAD: 262 bytes of the window are out of reach. */
	while (bits < MAX_WBITS && (size_t)1 << bits < page_len + 262)
		bits++;
	return bits;
}

static int zlib_error(int ret)
{
	log_err("zlib: %s", zError(ret));
	return ret == Z_MEM_ERROR ? -ENOMEM : -EIO;
}

static int set_zlib(struct page_codec_state *state, int level)
{
	int ret;

	if (!state->zlib_ready)
		ret = deflateInit2(&state->zlib, level, Z_DEFLATED,
				   zlib_window_bits(state->page_len),
				   ZLIB_MEM_LEVEL, Z_DEFAULT_STRATEGY);
	else
		ret = deflateReset(&state->zlib);
	if (ret == Z_OK && state->zlib_ready && state->zlib_level != level)
		ret = deflateParams(&state->zlib, level, Z_DEFAULT_STRATEGY);
	if (ret != Z_OK)
		return zlib_error(ret);
	state->zlib_ready = true;
	state->zlib_level = level;
	return 0;
}

static int compress_zlib(struct page_codec_state *state, int level,
			 const void *page, void *to, size_t *len)
{
	int ret = set_zlib(state, level);

	if (ret < 0)
		return ret;
	state->zlib.next_in = page;
	state->zlib.avail_in = (uInt)state->page_len;
	state->zlib.next_out = to;
	state->zlib.avail_out = (uInt)state->page_len - 1;
	ret = deflate(&state->zlib, Z_FINISH);
	if (ret != Z_STREAM_END && ret != Z_OK)
		return zlib_error(ret);
	/* Z_OK: there was not room enough. */
	*len = ret == Z_STREAM_END ? state->zlib.total_out : 0;
	return 0;
}

int page_compress(struct page_codec_state *state,
		  const struct codec_choice *choice, const void *page, void *to,
		  size_t *len)
{
	*len = 0;
	switch (choice->codec) {
	case CODEC_LZO:
		return compress_lzo(state, choice->level, page, to, len);
	case CODEC_ZLIB:
		return compress_zlib(state, choice->level, page, to, len);
	case CODEC_ZSTD:
		return compress_zstd(state, choice->level, page, to, len);
	case CODEC_NONE:
		break;
	}
	return 0;
}
