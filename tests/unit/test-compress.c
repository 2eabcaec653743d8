// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdint.h>
#include <stdlib.h>
#include <zstd.h>

#include "capture/compress.h"
#include "tests/tap.h"
#include "tests/unit/sink.h"

#define CONTENT_LEN (1500U << 10)
#define PIECE_LEN (64U << 10)

static unsigned char content[CONTENT_LEN], back[CONTENT_LEN];

static void fill_random(void)
{
	uint64_t x = 1;

	for (size_t i = 0; i < sizeof(content); i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		content[i] = (unsigned char)(x >> 56);
	}
}

/* The first len bytes of content, in pieces that are no power of 2. */
static int write_content(struct compress *compress, size_t len)
{
	size_t n;
	int ret = 0;

	for (size_t at = 0; at < len && !ret; at += n) {
		n = len - at < 50001 ? len - at : 50001;
		ret = compress_write(compress, content + at, n);
	}
	return ret;
}

static void check_frame(size_t len)
{
	struct compress compress;

	sunk_len = 0;
	CHECK_INT(compress_init(&compress, len, sink, NULL), 0);
	CHECK_INT(write_content(&compress, len), 0);
	CHECK_INT(compress_end(&compress), 0);
	compress_free(&compress);
	CHECK_INT(ZSTD_getFrameContentSize(sunk, sunk_len), len);
	CHECK_INT(ZSTD_decompress(back, sizeof(back), sunk, sunk_len), len);
	CHECK_MEM(back, content, len);
}

static void makes_frames_that_say_their_size(void)
{
	static const size_t sizes[] = {
		0, 1, 4032, PIECE_LEN - 1, PIECE_LEN, PIECE_LEN + 1, CONTENT_LEN
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		memset(content, 0, sizeof(content));
		check_frame(sizes[i]);
		CHECK(sunk_len < 1000);
		fill_random();
		check_frame(sizes[i]);
	}
}

static void frames_have_a_checksum(void)
{
	fill_random();
	check_frame(CONTENT_LEN);
	/* Random bytes are kept as they are, so this is one of them. */
	sunk[sunk_len / 2] ^= 1;
	CHECK(ZSTD_isError(
		ZSTD_decompress(back, sizeof(back), sunk, sunk_len)));
}

/* For a dump of any size: the largest has 4 GiB. */
static void keeps_within_its_memory(void)
{
	const uint64_t sizes[] = { CONTENT_LEN, 32U << 20, 1ULL << 32 };
	struct compress compress;

	fill_random();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		sunk_len = 0;
		CHECK_INT(compress_init(&compress, sizes[i], sink, NULL), 0);
		CHECK_INT(write_content(&compress, CONTENT_LEN), 0);
		CHECK(ZSTD_sizeof_CCtx(compress.ctx) + COMPRESS_OUT_LEN <
		      COMPRESS_MEMORY_MAX);
		compress_free(&compress);
	}
}

/* What was written before the cut, and no more, can be had. */
static void a_cut_frame_has_all_that_was_written(void)
{
	ZSTD_DCtx *dctx = ZSTD_createDCtx();
	ZSTD_outBuffer out = { back, sizeof(back), 0 };
	struct compress compress;
	size_t left = 1;

	fill_random();
	sunk_len = 0;
	CHECK_INT(compress_init(&compress, CONTENT_LEN, sink, NULL), 0);
	CHECK_INT(write_content(&compress, 100001), 0);
	CHECK_INT(compress_cut(&compress), 0);
	compress_free(&compress);
	ZSTD_inBuffer in = { sunk, sunk_len, 0 };
	while (in.pos < in.size && !ZSTD_isError(left))
		left = ZSTD_decompressStream(dctx, &out, &in);
	CHECK(left > 0 && !ZSTD_isError(left)); /* the frame goes on */
	CHECK_INT(out.pos, 100001);
	CHECK_MEM(back, content, 100001);
	ZSTD_freeDCtx(dctx);
}

static int write_and_end(size_t size, size_t len)
{
	struct compress compress;
	int ret;

	sunk_len = 0;
	CHECK_INT(compress_init(&compress, size, sink, NULL), 0);
	ret = write_content(&compress, len);
	if (!ret)
		ret = compress_end(&compress);
	compress_free(&compress);
	return ret;
}

static void refuses_another_size(void)
{
	CHECK_INT(write_and_end(100, 99), -EINVAL);
	CHECK_INT(write_and_end(100, 101), -EINVAL);
	CHECK_INT(write_and_end(CONTENT_LEN, CONTENT_LEN - 1), -EINVAL);
	CHECK_INT(write_and_end(CONTENT_LEN - 1, CONTENT_LEN), -EINVAL);
}

static int full_sink(void *arg, const void *buf, size_t len)
{
	(void)arg, (void)buf, (void)len;
	return -ENOSPC;
}

static void passes_the_sinks_error_on(void)
{
	struct compress compress;

	fill_random();
	CHECK_INT(compress_init(&compress, CONTENT_LEN, full_sink, NULL), 0);
	CHECK_INT(write_content(&compress, CONTENT_LEN), -ENOSPC);
	compress_free(&compress);
}

int main(void)
{
	RUN(makes_frames_that_say_their_size);
	RUN(frames_have_a_checksum);
	RUN(keeps_within_its_memory);
	RUN(a_cut_frame_has_all_that_was_written);
	RUN(refuses_another_size);
	RUN(passes_the_sinks_error_on);
	return tap_done();
}
