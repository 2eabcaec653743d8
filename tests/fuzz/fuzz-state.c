// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The state of an upload from a damaged file.  The checksum is made right
 * first, so that what lies behind it is reached too: what is decoded encodes
 * to the same bytes, and the reader goes on from it without harm.
 */
#include <stdlib.h>

#include "netstream/collector/state.c"
#include "netstream/digest-gnutls.c"
#include "netstream/flat.c"
#include "netstream/io.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int sink(void *arg, uint64_t off, const void *buf, size_t len)
{
	(void)arg, (void)buf;
	if (off > INT64_MAX || len > INT64_MAX - off)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t buf[STATE_LEN] = { 0 }, again[STATE_LEN];
	size_t head = len < SUM ? len : SUM;
	struct state state;

	memcpy(buf, data, head);
	put_be64(buf, MAGIC);
	sum_of(buf, buf + SUM);
	if (state_decode(&state, buf) < 0)
		return 0;
	state_encode(&state, again);
	if (memcmp(buf, again, USED))
		abort();
	state.reader.limit = INT64_MAX;
	flat_read(&state.reader, data + head, len - head, sink, NULL);
	return 0;
}
