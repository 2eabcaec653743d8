// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/models/cudbg.o

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "tests/models/cudbg.h"
#include "tests/tap.h"

#define ENTITIES 72
#define TABLE_END (56 + ENTITIES * 52)
#define CHUNK (63 << 10)

static uint8_t memory[3 * CHUNK + 1000];
static uint8_t bytes[1 << 20];
static size_t len;
static uint8_t out[sizeof(memory)];
static size_t out_len;

static void put16(size_t off, uint16_t value)
{
	memcpy(bytes + off, &value, 2);
}

static void put32(size_t off, uint32_t value)
{
	memcpy(bytes + off, &value, 4);
}

static void put64(size_t off, uint64_t value)
{
	memcpy(bytes + off, &value, 8);
}

static size_t header_of(uint32_t type)
{
	return 56 + (type - 1) * 52;
}

/* As cudbg_compress_buff() and cudbg_align_debug_buffer() of the driver do. */
static void add_entity(uint32_t type, const uint8_t *data, size_t data_len)
{
	size_t start = len, pad;

	for (size_t off = 0; off < data_len; off += CHUNK) {
		size_t n = data_len - off < CHUNK ? data_len - off : CHUNK;
		uLongf stored = sizeof(bytes) - len - 280;

		compress(bytes + len + 280, &stored, data + off, n);
		put32(len, 17);
		put64(len + 8, n);
		put64(len + 16, stored);
		len += 280 + stored;
	}
	pad = (4 - (len - start) % 4) % 4;
	len += pad;
	put32(header_of(type), type);
	put32(header_of(type) + 4, (uint32_t)start);
	put32(header_of(type) + 8, (uint32_t)(len - start));
	bytes[header_of(type) + 24] = (uint8_t)pad;
	put32(12, (uint32_t)len);
}

/* EDC0 of three chunks and a bit, a failed VPD_DATA, a DEV_LOG of 5 bytes. */
static void make_dump(void)
{
	memset(bytes, 0, sizeof(bytes));
	put32(0, CUDBG_SIGNATURE);
	put32(4, 56);
	put16(8, 1);
	put16(10, 14);
	put16(20, ENTITIES);
	bytes[22] = 0x51;
	bytes[23] = 2 << 4 | 1;
	len = TABLE_END;
	for (size_t i = 0; i < sizeof(memory); i++)
		memory[i] = (uint8_t)(i * i >> 8);
	add_entity(18, memory, sizeof(memory));
	add_entity(58, NULL, 0);
	put32(header_of(58) + 12, (uint32_t)-19);
	put32(header_of(58) + 20, (uint32_t)-5);
	add_entity(2, (const uint8_t *)"entry", 5);
}

static int keep(void *arg, const void *data, size_t n)
{
	(void)arg;
	if (n > sizeof(out) - out_len)
		return -EFBIG;
	memcpy(out + out_len, data, n);
	out_len += n;
	return 0;
}

/* What reading the entity from the first n bytes ends in. */
static int read_from(const uint8_t *data, size_t n, uint32_t type)
{
	struct cudbg_entity entity;
	struct cudbg dump;
	int ret;

	out_len = 0;
	ret = cudbg_open(&dump, data, n);
	if (!ret)
		ret = cudbg_entity(&dump, type, &entity);
	return ret ? ret : cudbg_inflate(&dump, &entity, keep, NULL);
}

static int read_entity(uint32_t type)
{
	return read_from(bytes, len, type);
}

static void reads_entities(void)
{
	struct cudbg dump;
	struct cudbg_entity entity;

	make_dump();
	CHECK_INT(read_entity(18), 0);
	CHECK_INT(out_len, sizeof(memory));
	CHECK_MEM(out, memory, sizeof(memory));
	CHECK_INT(read_entity(2), 0);
	CHECK_INT(out_len, 5);
	CHECK_MEM(out, "entry", 5);
	CHECK_INT(read_entity(19), -ENOENT);
	CHECK_INT(read_entity(0), -ENOENT);
	CHECK_INT(read_entity(ENTITIES + 1), -ENOENT);
	CHECK_INT(cudbg_open(&dump, bytes, sizeof(bytes)), 0);
	CHECK_INT(dump.n_entities, ENTITIES);
	CHECK_INT(dump.chip, 0x51);
	CHECK_INT(cudbg_entity(&dump, 58, &entity), 0);
	CHECK_INT(entity.flags, -19);
	CHECK_INT(entity.sys_err, -5);
	CHECK_INT(entity.len, 0);
}

static void reads_what_is_not_compressed(void)
{
	make_dump();
	bytes[23] = 1;
	CHECK_INT(read_entity(2), 0);
	CHECK(out_len > 280);
	CHECK_MEM(out, "\x11\0\0", 4);
}

static void knows_names(void)
{
	CHECK_INT(cudbg_type("EDC0"), 18);
	CHECK_INT(cudbg_type("FLASH"), 71);
	CHECK_INT(cudbg_type("edc0"), 0);
	CHECK_STR(cudbg_name(1), "REG_DUMP");
	CHECK(!cudbg_name(0));
	CHECK(!cudbg_name(23));
	CHECK(!cudbg_name(72));
	CHECK(!cudbg_name(UINT32_MAX));
}

/* Each length is in memory of its own, so a byte too far is seen. */
static void rejects_any_cut(void)
{
	make_dump();
	for (size_t n = 0; n < len; n += n < 8192 ? 1 : 997) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy + 1, bytes, n);
		CHECK_INT(read_from(copy + 1, n, 18), -EBADMSG);
		free(copy);
	}
}

/* What opening the dump and finding an entity end in, with a field changed. */
static int find(uint32_t type, size_t off, uint32_t value)
{
	struct cudbg_entity entity;
	struct cudbg dump;
	int ret;

	put32(off, value);
	ret = cudbg_open(&dump, bytes, len);
	return ret || !type ? ret : cudbg_entity(&dump, type, &entity);
}

static void rejects_header(size_t off, uint32_t value)
{
	make_dump();
	CHECK_INT(find(0, off, value), -EBADMSG);
}

static void rejects_bad_headers(void)
{
	rejects_header(0, CUDBG_SIGNATURE + 1);
	rejects_header(4, 55);
	rejects_header(4, UINT32_MAX);
	rejects_header(4, UINT32_MAX - TABLE_END);
	make_dump();
	rejects_header(12, (uint32_t)len + 1);
	rejects_header(12, TABLE_END - 1);
	rejects_header(20, 257 | 0x2151U << 16);
	rejects_header(20, ENTITIES | 0x1151U << 16);
	rejects_header(20, ENTITIES | 0x3151U << 16);
}

static void rejects_entity(size_t off, uint32_t value)
{
	make_dump();
	CHECK_INT(find(18, header_of(18) + off, value), -EBADMSG);
}

static void rejects_entities_outside(void)
{
	make_dump();
	CHECK_INT(find(18, header_of(18) + 8, (uint32_t)len - TABLE_END), 0);
	rejects_entity(8, (uint32_t)len - TABLE_END + 1);
	rejects_entity(8, UINT32_MAX);
	rejects_entity(0, 17);
	rejects_entity(4, TABLE_END - 4);
	rejects_entity(4, (uint32_t)len);
	rejects_entity(4, UINT32_MAX);
	rejects_entity(24, 4);
	rejects_entity(24, 0x100);
	make_dump();
	put32(header_of(18) + 8, 2);
	CHECK_INT(find(18, header_of(18) + 24, 2), 0);
	CHECK_INT(find(18, header_of(18) + 24, 3), -EBADMSG);
}

static void rejects_field(size_t off, uint32_t value)
{
	make_dump();
	put32(off, value);
	CHECK_INT(read_entity(18), -EBADMSG);
}

/* 100 KiB of zeros in few bytes. */
static void rejects_a_chunk_that_grows(void)
{
	static uint8_t zeros[100 << 10];
	uLongf stored = sizeof(bytes) - TABLE_END - 280;

	make_dump();
	compress(bytes + TABLE_END + 280, &stored, zeros, sizeof(zeros));
	put64(TABLE_END + 8, sizeof(zeros));
	put64(TABLE_END + 16, stored);
	put32(header_of(18) + 8, (uint32_t)stored + 280);
	bytes[header_of(18) + 24] = 0;
	CHECK_INT(read_entity(18), -EBADMSG);
}

static void rejects_bad_chunks(void)
{
	const size_t first = TABLE_END;

	rejects_field(first, 16);
	rejects_field(first + 8, CHUNK - 1);
	rejects_field(first + 8, CHUNK + 1);
	rejects_field(first + 8, CUDBG_CHUNK_MAX + 1);
	rejects_field(first + 12, 1);
	rejects_field(first + 16, 0);
	rejects_field(first + 16, (uint32_t)len);
	rejects_field(first + 20, 0x80000000);
	rejects_field(first + 280, 0);
}

static int refuse(void *arg, const void *data, size_t n)
{
	(void)data, (void)n;
	++*(int *)arg;
	return -ENOSPC;
}

static void stops_when_the_output_does(void)
{
	struct cudbg_entity entity;
	struct cudbg dump;
	int calls = 0;

	make_dump();
	CHECK_INT(cudbg_open(&dump, bytes, len), 0);
	CHECK_INT(cudbg_entity(&dump, 18, &entity), 0);
	CHECK_INT(cudbg_inflate(&dump, &entity, refuse, &calls), -ENOSPC);
	CHECK_INT(calls, 1);
	CHECK_INT(cudbg_inflate(&dump, &entity, NULL, NULL), 0);
}

int main(void)
{
	RUN(reads_entities);
	RUN(reads_what_is_not_compressed);
	RUN(knows_names);
	RUN(rejects_any_cut);
	RUN(rejects_bad_headers);
	RUN(rejects_entities_outside);
	RUN(rejects_bad_chunks);
	RUN(rejects_a_chunk_that_grows);
	RUN(stops_when_the_output_does);
	return tap_done();
}
