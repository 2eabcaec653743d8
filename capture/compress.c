// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "capture/compress.h"

/* Nothing else can go wrong: parameters are constant, output is awaited. */
static int to_errno(size_t ret)
{
	switch (ZSTD_getErrorCode(ret)) {
	case ZSTD_error_no_error:
		return 0;
	case ZSTD_error_memory_allocation:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

int compress_init(struct compress *compress, uint64_t size, compress_sink sink,
		  void *arg)
{
	static const struct {
		ZSTD_cParameter name;
		int value;
	} parameters[] = {
		{ ZSTD_c_compressionLevel, COMPRESS_LEVEL },
		{ ZSTD_c_windowLog, COMPRESS_WINDOW_LOG },
		{ ZSTD_c_checksumFlag, 1 },
	};
	size_t ret;

	*compress = (struct compress){
		.ctx = ZSTD_createCCtx(),
		.out = malloc(COMPRESS_OUT_LEN),
		.sink = sink,
		.arg = arg,
	};
	if (!compress->ctx || !compress->out) {
		compress_free(compress);
		return -ENOMEM;
	}
	ret = ZSTD_CCtx_setPledgedSrcSize(compress->ctx, size);
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]) &&
			   !ZSTD_isError(ret);
	     i++)
		ret = ZSTD_CCtx_setParameter(compress->ctx, parameters[i].name,
					     parameters[i].value);
	return to_errno(ret);
}

void compress_free(struct compress *compress)
{
	ZSTD_freeCCtx(compress->ctx);
	free(compress->out);
	*compress = (struct compress){ 0 };
}

static int feed(struct compress *compress, const void *buf, size_t len,
		ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = { buf, len, 0 };
	bool done = false;
	size_t left;
	int ret;

	while (!done) {
		ZSTD_outBuffer out = { compress->out, COMPRESS_OUT_LEN, 0 };

		left = ZSTD_compressStream2(compress->ctx, &out, &in, how);
		ret = to_errno(left);
		if (!ret && out.pos)
			ret = compress->sink(compress->arg, out.dst, out.pos);
		if (ret < 0)
			return ret;
		done = how == ZSTD_e_continue ? in.pos == in.size : left == 0;
	}
	return 0;
}

int compress_write(struct compress *compress, const void *buf, size_t len)
{
	return len ? feed(compress, buf, len, ZSTD_e_continue) : 0;
}

int compress_end(struct compress *compress)
{
	return feed(compress, NULL, 0, ZSTD_e_end);
}

int compress_cut(struct compress *compress)
{
	return feed(compress, NULL, 0, ZSTD_e_flush);
}
