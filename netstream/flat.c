// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "flat.h"
#include "io.h"

/* The part of the header that has a meaning; the rest is padding. */
#define FLAT_MAGIC_LEN 32
static const uint8_t flat_magic[FLAT_MAGIC_LEN] =
	"makedumpfile\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1";

void flat_put_header(uint8_t buf[static FLAT_HEADER_LEN])
{
	memset(buf, 0, FLAT_HEADER_LEN);
	memcpy(buf, flat_magic, FLAT_MAGIC_LEN);
}

void flat_put_record(uint8_t buf[static FLAT_RECORD_LEN], uint64_t off,
		     uint64_t len)
{
	put_be64(buf, off);
	put_be64(buf + 8, len);
}

void flat_put_end(uint8_t buf[static FLAT_RECORD_LEN])
{
	memset(buf, 0xff, FLAT_RECORD_LEN);
}

void flat_reader_init(struct flat_reader *reader, uint64_t limit)
{
	*reader = (struct flat_reader){ .state = FLAT_HEADER, .limit = limit };
}

/* How many bytes of the header were taken, or -EBADMSG. */
static ssize_t take_header(struct flat_reader *reader, const uint8_t *p,
			   size_t len)
{
	if (reader->have >= FLAT_HEADER_LEN)
		return -EBADMSG;
	if (len > FLAT_HEADER_LEN - reader->have)
		len = FLAT_HEADER_LEN - reader->have;
	if (reader->have < FLAT_MAGIC_LEN) {
		size_t n = FLAT_MAGIC_LEN - reader->have;

		if (memcmp(p, flat_magic + reader->have, len < n ? len : n))
			return -EBADMSG;
	}
	reader->have += (uint32_t)len;
	if (reader->have == FLAT_HEADER_LEN) {
		reader->state = FLAT_RECORD;
		reader->have = 0;
	}
	return (ssize_t)len;
}

static int start_record(struct flat_reader *reader)
{
	uint64_t off = get_be64(reader->head);
	uint64_t len = get_be64(reader->head + 8);

	reader->have = 0;
	if (off == UINT64_MAX && len == UINT64_MAX) {
		reader->state = FLAT_END;
		return 0;
	}
	if (off > INT64_MAX || len > INT32_MAX)
		return -EBADMSG;
	if (len > reader->limit || off > reader->limit - len)
		return -EFBIG;
	if (!len)
		return 0;
	reader->state = FLAT_DATA;
	reader->off = off;
	reader->left = len;
	return 0;
}

static ssize_t take_record(struct flat_reader *reader, const uint8_t *p,
			   size_t len)
{
	int ret;

	if (reader->have >= FLAT_RECORD_LEN)
		return -EBADMSG;
	if (len > FLAT_RECORD_LEN - reader->have)
		len = FLAT_RECORD_LEN - reader->have;
	memcpy(reader->head + reader->have, p, len);
	reader->have += (uint32_t)len;
	if (reader->have == FLAT_RECORD_LEN) {
		ret = start_record(reader);
		if (ret < 0)
			return ret;
	}
	return (ssize_t)len;
}

static ssize_t take_data(struct flat_reader *reader, const uint8_t *p,
			 size_t len, flat_sink sink, void *arg)
{
	int ret;

	if (len > reader->left)
		len = (size_t)reader->left;
	ret = sink(arg, reader->off, p, len);
	if (ret < 0)
		return ret;
	reader->off += len;
	reader->left -= len;
	if (reader->off > reader->size)
		reader->size = reader->off;
	if (!reader->left)
		reader->state = FLAT_RECORD;
	return (ssize_t)len;
}

int flat_read(struct flat_reader *reader, const void *buf, size_t len,
	      flat_sink sink, void *arg)
{
	const uint8_t *p = buf;
	ssize_t n;

	for (; len; p += n, len -= (size_t)n) {
		switch (reader->state) {
		case FLAT_HEADER:
			n = take_header(reader, p, len);
			break;
		case FLAT_RECORD:
			n = take_record(reader, p, len);
			break;
		case FLAT_DATA:
			n = take_data(reader, p, len, sink, arg);
			break;
		default:
			n = -EBADMSG;
		}
		if (n < 0)
			return (int)n;
	}
	return 0;
}
