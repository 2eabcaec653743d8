// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader of flattened records, as the server uses it: the stream comes in
 * pieces, no byte may go beyond the limit, and pieces make no difference.
 */
#include <stdlib.h>

#include "../../netstream/flat.c"

#define LIMIT (1U << 20)

struct sum {
	uint64_t bytes;
	uint64_t end;
};

static int sink(void *arg, uint64_t off, const void *buf, size_t len)
{
	struct sum *sum = arg;

	(void)buf;
	if (!len || off > LIMIT || len > LIMIT - off)
		abort();
	sum->bytes += len;
	if (off + len > sum->end)
		sum->end = off + len;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The first byte says how long the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct flat_reader whole, pieces;
	struct sum a = { 0, 0 }, b = { 0, 0 };
	size_t step = len ? data[0] + 1U : 1;
	int ret = 0, ret_whole;

	if (!len)
		return 0;
	data++;
	len--;
	flat_reader_init(&whole, LIMIT);
	/* Few inputs would get past the header by themselves. */
	if (step & 1) {
		uint8_t header[FLAT_HEADER_LEN];

		flat_put_header(header);
		if (flat_read(&whole, header, sizeof(header), sink, &a) < 0)
			abort();
	}
	pieces = whole;
	ret_whole = flat_read(&whole, data, len, sink, &a);
	for (size_t i = 0; i < len && !ret; i += step) {
		size_t n = len - i < step ? len - i : step;

		ret = flat_read(&pieces, data + i, n, sink, &b);
	}
	if (ret != ret_whole || a.bytes != b.bytes || whole.size != a.end)
		abort();
	return 0;
}
