// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device dump of cxgb4 with damage: of each entity that is found, all lies
 * inside the dump, and what is inflated fits what a chunk may hold.
 */

#include "tests/models/cudbg.c"

#define TABLE_END (CUDBG_HDR_LEN + 4 * CUDBG_ENTITY_HDR_LEN)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t good[4096];
static size_t good_len;

static void put32(size_t off, uint32_t value)
{
	memcpy(good + off, &value, 4);
}

/* Four entities, each a chunk of its own. */
static void make_dump(void)
{
	uint8_t text[200];

	put32(0, CUDBG_SIGNATURE);
	put32(4, CUDBG_HDR_LEN);
	put32(20, 4 | 0x2151U << 16);
	good_len = TABLE_END;
	memset(text, 'x', sizeof(text));
	for (uint32_t type = 1; type <= 4; type++) {
		size_t hdr = CUDBG_HDR_LEN + (type - 1) * CUDBG_ENTITY_HDR_LEN;
		uLongf stored = sizeof(good) - good_len - CUDBG_CHUNK_HDR_LEN;

		if (compress(good + good_len + CUDBG_CHUNK_HDR_LEN, &stored,
			     text, sizeof(text)) != Z_OK)
			abort();
		put32(good_len, CHUNK_ID);
		put32(good_len + 8, sizeof(text));
		put32(good_len + 16, (uint32_t)stored);
		put32(hdr, type);
		put32(hdr + 4, (uint32_t)good_len);
		put32(hdr + 8, (uint32_t)stored + CUDBG_CHUNK_HDR_LEN);
		good_len += stored + CUDBG_CHUNK_HDR_LEN;
	}
	put32(12, (uint32_t)good_len);
}

static int put(void *arg, const void *bytes, size_t len)
{
	const uint8_t *byte = bytes;

	if (len > good_len + CUDBG_CHUNK_MAX)
		abort();
	for (size_t i = 0; i < len; i++)
		*(uint8_t *)arg ^= byte[i];
	return 0;
}

/* Two bytes say where the others are added, and how much of it is there. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cudbg_entity entity;
	struct cudbg dump;
	uint8_t *bytes, sum = 0;
	size_t off;

	if (!good_len)
		make_dump();
	if (size < 2)
		return 0;
	off = (size_t)(data[0] | data[1] << 8) % good_len;
	bytes = malloc(good_len);
	if (!bytes)
		abort();
	memcpy(bytes, good, good_len);
	for (size_t i = 2; i < size && off + i - 2 < good_len; i++)
		bytes[off + i - 2] = (uint8_t)(bytes[off + i - 2] + data[i]);
	if (!cudbg_open(&dump, bytes, good_len))
		for (uint32_t type = 0; type <= dump.n_entities + 1; type++) {
			if (cudbg_entity(&dump, type, &entity))
				continue;
			if (entity.data < bytes ||
			    entity.data + entity.len > bytes + good_len)
				abort();
			cudbg_inflate(&dump, &entity, put, &sum);
		}
	free(bytes);
	return 0;
}
