/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A zstd frame that goes out through a sink while it is made, in memory that
 * does not depend on its length: libzstd's part for the level and the window
 * below, 522 KiB of it, and one output buffer.
 */
#ifndef CAPTURE_COMPRESS_H
#define CAPTURE_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#define COMPRESS_LEVEL 1
/* 64 KiB; 128 KiB would cost libzstd 954 KiB for 1 % less output. */
#define COMPRESS_WINDOW_LOG 16
#define COMPRESS_OUT_LEN (32U << 10)
/* All of it; test-compress asks libzstd. */
#define COMPRESS_MEMORY_MAX (1U << 20)

/* 0 or -errno. */
typedef int (*compress_sink)(void *arg, const void *buf, size_t len);

struct ZSTD_CCtx_s;

struct compress {
	struct ZSTD_CCtx_s *ctx;
	unsigned char *out;
	compress_sink sink;
	void *arg;
};

/*
 * A frame of size bytes of content, which it says in its header, with a
 * checksum of them at its end.  -ENOMEM.
 */
int compress_init(struct compress *compress, uint64_t size, compress_sink sink,
		  void *arg);
/* Takes one that compress_init() has failed on. */
void compress_free(struct compress *compress);

/* 0, the sink's error, or -EINVAL for other than size bytes in all. */
int compress_write(struct compress *compress, const void *buf, size_t len);
int compress_end(struct compress *compress);

/*
 * Instead of compress_end(): what was written comes out, and the frame ends
 * there, incomplete, as zstd(1) says behind the last byte.
 */
int compress_cut(struct compress *compress);

#endif
