// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "../../netstream/flat.h"
#include "../../netstream/io.h"
#include "../tap.h"

#define LIMIT 1000

static uint8_t file[LIMIT + 1];
static size_t taken;
static int sink_status;

static int sink(void *arg, uint64_t off, const void *buf, size_t len)
{
	(void)arg;
	if (sink_status)
		return sink_status;
	if (off + len > LIMIT)
		return -ERANGE;
	memcpy(file + off, buf, len);
	taken += len;
	return 0;
}

static uint8_t stream[FLAT_HEADER_LEN + 1024];
static size_t stream_len;

static void add(const void *p, size_t len)
{
	memcpy(stream + stream_len, p, len);
	stream_len += len;
}

static void add_record(uint64_t off, const char *data, uint64_t len)
{
	uint8_t record[FLAT_RECORD_LEN];

	flat_put_record(record, off, len);
	add(record, sizeof(record));
	if (data)
		add(data, (size_t)len);
}

/* Two records out of order, an empty one, and the end. */
static void make_stream(void)
{
	uint8_t end[FLAT_RECORD_LEN];

	stream_len = FLAT_HEADER_LEN;
	flat_put_header(stream);
	add_record(900, "later", 5);
	add_record(10, "first", 5);
	add_record(LIMIT, "", 0);
	flat_put_end(end);
	add(end, sizeof(end));
	memset(file, 0, sizeof(file));
	taken = 0;
	sink_status = 0;
}

/* The header, one record without its data, as a server would see them. */
static int read_record(uint64_t off, uint64_t len)
{
	struct flat_reader reader;

	make_stream();
	stream_len = FLAT_HEADER_LEN;
	add_record(off, NULL, len);
	flat_reader_init(&reader, LIMIT);
	return flat_read(&reader, stream, stream_len, sink, NULL);
}

static void writes_the_bytes_of_makedumpfile(void)
{
	uint8_t buf[FLAT_HEADER_LEN];

	flat_put_header(buf);
	CHECK_MEM(buf, "makedumpfile\0\0\0\0", 16);
	CHECK_INT(get_be64(buf + 16), 1);
	CHECK_INT(get_be64(buf + 24), 1);
	for (size_t i = 32; i < sizeof(buf); i++)
		CHECK_INT(buf[i], 0);
	flat_put_record(buf, 0x1122, 0x33);
	CHECK_MEM(buf, "\0\0\0\0\0\0\x11\x22\0\0\0\0\0\0\0\x33", 16);
	flat_put_end(buf);
	CHECK_INT((int64_t)get_be64(buf), -1);
	CHECK_INT((int64_t)get_be64(buf + 8), -1);
}

static void lays_out_pieces_of_any_length(void)
{
	make_stream();
	for (size_t step = 1; step <= stream_len; step += step / 8 + 1) {
		struct flat_reader reader;

		make_stream();
		flat_reader_init(&reader, LIMIT);
		for (size_t i = 0; i < stream_len; i += step) {
			size_t n =
				stream_len - i < step ? stream_len - i : step;

			CHECK_INT(flat_read(&reader, stream + i, n, sink, NULL),
				  0);
			CHECK_INT(flat_finished(&reader), i + n == stream_len);
		}
		CHECK_INT(reader.size, 905);
		CHECK_INT(taken, 10);
		CHECK_MEM(file + 900, "later", 5);
		CHECK_MEM(file + 10, "first", 5);
	}
}

static void is_finished_only_at_the_end_mark(void)
{
	make_stream();
	for (size_t cut = 0; cut < stream_len; cut++) {
		struct flat_reader reader;

		flat_reader_init(&reader, LIMIT);
		CHECK_INT(flat_read(&reader, stream, cut, sink, NULL), 0);
		CHECK(!flat_finished(&reader));
	}
}

static void rejects_what_is_not_the_format(void)
{
	for (size_t i = 0; i < 32; i++) {
		struct flat_reader reader;

		make_stream();
		stream[i] ^= 1;
		flat_reader_init(&reader, LIMIT);
		CHECK_INT(flat_read(&reader, stream, stream_len, sink, NULL),
			  -EBADMSG);
		CHECK_INT(taken, 0);
	}
}

static void rejects_bytes_behind_the_end(void)
{
	struct flat_reader reader;

	make_stream();
	add("x", 1);
	flat_reader_init(&reader, LIMIT);
	CHECK_INT(flat_read(&reader, stream, stream_len, sink, NULL), -EBADMSG);
	CHECK_INT(flat_read(&reader, "x", 1, sink, NULL), -EBADMSG);
}

static void checks_where_a_record_ends(void)
{
	CHECK_INT(read_record(LIMIT - 5, 5), 0);
	CHECK_INT(read_record(LIMIT - 5, 6), -EFBIG);
	CHECK_INT(read_record(LIMIT + 1, 0), -EFBIG);
	CHECK_INT(read_record(0, LIMIT + 1), -EFBIG);
	CHECK_INT(read_record(INT64_MAX, 1), -EFBIG);
	CHECK_INT(read_record(INT64_MAX, INT32_MAX), -EFBIG);
	CHECK_INT(read_record(0, 1ULL << 31), -EBADMSG);
	CHECK_INT(read_record(0, UINT64_MAX), -EBADMSG);
	CHECK_INT(read_record(UINT64_MAX, 0), -EBADMSG);
	CHECK_INT(read_record(UINT64_MAX - 1, UINT64_MAX), -EBADMSG);
	CHECK_INT(read_record(1ULL << 63, 5), -EBADMSG);
}

static void passes_on_what_the_sink_says(void)
{
	struct flat_reader reader;

	make_stream();
	sink_status = -ENOSPC;
	flat_reader_init(&reader, LIMIT);
	CHECK_INT(flat_read(&reader, stream, stream_len, sink, NULL), -ENOSPC);
	CHECK_INT(reader.size, 0);
}

static void goes_on_from_a_stored_state(void)
{
	make_stream();
	for (size_t cut = 0; cut < stream_len; cut++) {
		struct flat_reader reader, stored;

		make_stream();
		flat_reader_init(&reader, LIMIT);
		flat_read(&reader, stream, cut, sink, NULL);
		memcpy(&stored, &reader, sizeof(stored));
		memset(&reader, 0xff, sizeof(reader));
		CHECK_INT(flat_read(&stored, stream + cut, stream_len - cut,
				    sink, NULL),
			  0);
		CHECK(flat_finished(&stored));
		CHECK_INT(taken, 10);
	}
}

static void survives_a_state_that_was_stored_badly(void)
{
	for (uint32_t state = 0; state < 8; state++) {
		struct flat_reader reader = { .state = state,
					      .have = 1U << 31,
					      .limit = LIMIT };

		CHECK_INT(flat_read(&reader, "abc", 3, sink, NULL), -EBADMSG);
	}
}

int main(void)
{
	RUN(writes_the_bytes_of_makedumpfile);
	RUN(lays_out_pieces_of_any_length);
	RUN(is_finished_only_at_the_end_mark);
	RUN(rejects_what_is_not_the_format);
	RUN(rejects_bytes_behind_the_end);
	RUN(checks_where_a_record_ends);
	RUN(passes_on_what_the_sink_says);
	RUN(goes_on_from_a_stored_state);
	RUN(survives_a_state_that_was_stored_badly);
	return tap_done();
}
