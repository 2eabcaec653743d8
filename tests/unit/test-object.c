// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is written to a file target as records, and the digests of its parts,
 * against the digests of the file.
 */

#include <errno.h>
#include <stdlib.h>

#include "capture/object.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define FILE_MAX (1U << 20)

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

static struct target_config config;
static struct target *target;
static struct object object;
static struct object_result result;
static int n_test;
static char bytes[40000];

static void open_object(const char *name)
{
	char url[64], session[16];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 251 + 1);
	snprintf(url, sizeof(url), "file://%s", scratch);
	snprintf(session, sizeof(session), "s%d", ++n_test);
	CHECK_INT(target_open(&target, url, &config, session), 0);
	CHECK_INT(object_init(&object, target, name, OBJECT_RECORDS), 0);
	result = (struct object_result){ 0 };
}

static void close_object(void)
{
	free(result.parts);
	object_free(&object);
	target_close(target);
}

/* The file that arrived, in memory of the caller. */
static char *arrived(size_t *len)
{
	char path[256], *text = NULL;

	*len = 0;
	snprintf(path, sizeof(path), "%s/s%d/%s", scratch, n_test, object.name);
	CHECK_INT(read_file(path, FILE_MAX, &text, len), 0);
	return text;
}

/* The parts of the result have the digests of the file, which they cover. */
static void check_parts(size_t n, uint64_t size)
{
	struct digest *digest = digest_new();
	char hex[DIGEST_HEX_LEN], *text;
	uint8_t sum[DIGEST_LEN];
	uint64_t off = 0;
	size_t len;

	CHECK_INT(result.n_parts, n);
	CHECK_INT(result.size, size);
	CHECK_STR(result.sha256, "");
	text = arrived(&len);
	CHECK_INT(len, size);
	for (size_t i = 0; text && i < result.n_parts; i++) {
		const struct object_part *part = &result.parts[i];

		CHECK_INT(part->off, off);
		off += part->size;
		CHECK(off <= len);
		if (off > len)
			break;
		digest_update(digest, text + part->off, part->size);
		digest_final(digest, sum);
		digest_hex(sum, hex);
		CHECK_STR(part->sha256, hex);
	}
	CHECK_INT(off, size);
	free(text);
	digest_free(digest);
}

static void record(uint64_t off, size_t len)
{
	CHECK_INT(object_record(&object, off, bytes, len), 0);
}

static void parts_have_digests_in_any_order(void)
{
	static const uint64_t offsets[] = { 0, 4096, 100000 };

	open_object("vmcore");
	CHECK_INT(object_parts(&object, offsets, 3), 0);
	record(100000, 5);
	record(4096, 1000);
	record(100005, 30000);
	record(50000, 7);
	record(99990, 10); /* up to its end */
	record(200000, 1);
	record(0, 72); /* the header, at last */
	CHECK_INT(object_end(&object, &result), 0);
	check_parts(3, 200001);
	close_object();
}

static void a_record_reaches_over_parts(void)
{
	static const uint64_t offsets[] = { 0, 10, 20, 30000, 50000, 60000 };

	open_object("vmcore");
	CHECK_INT(object_parts(&object, offsets, 6), 0);
	record(25000, 40000);
	record(5, 15);
	CHECK_INT(object_record(&object, 15, bytes, 1), -EINVAL);
	CHECK_INT(object.err, 0);
	CHECK_INT(object_end(&object, &result), 0);
	check_parts(6, 65000);
	close_object();
}

static void parts_behind_the_end_are_none(void)
{
	static const uint64_t offsets[] = { 0, 1000, 5000, 5001 };

	open_object("vmcore");
	CHECK_INT(object_parts(&object, offsets, 4), 0);
	record(0, 5000);
	CHECK_INT(object_end(&object, &result), 0);
	check_parts(2, 5000);
	close_object();

	open_object("empty");
	CHECK_INT(object_parts(&object, offsets, 4), 0);
	CHECK_INT(object_end(&object, &result), 0);
	check_parts(1, 0);
	close_object();
}

static void bytes_of_a_part_ascend(void)
{
	static const uint64_t offsets[] = { 0, 1000 };

	open_object("vmcore");
	CHECK_INT(object_parts(&object, offsets, 2), 0);
	record(1100, 10);
	CHECK_INT(object_record(&object, 1109, bytes, 1), -EINVAL);
	CHECK_INT(object_record(&object, 1099, bytes, 20), -EINVAL);
	CHECK_INT(object_record(&object, UINT64_MAX, bytes, 2), -EINVAL);
	record(1110, 1);
	record(999, 1);
	CHECK_INT(object_record(&object, 0, bytes, 1), -EINVAL);
	CHECK_INT(object_end(&object, &result), 0);
	check_parts(2, 1111);
	close_object();
}

static void parts_begin_at_0_and_ascend(void)
{
	static const uint64_t offsets[OBJECT_PARTS_MAX + 1] = { 0, 1, 2, 3, 4,
								5, 6, 7, 8 };
	static const uint64_t same[] = { 0, 5, 5 }, late[] = { 1, 2 };

	open_object("vmcore");
	CHECK_INT(object_parts(&object, offsets, 0), -EINVAL);
	CHECK_INT(object_parts(&object, offsets, OBJECT_PARTS_MAX + 1),
		  -EINVAL);
	CHECK_INT(object_parts(&object, same, 3), -EINVAL);
	CHECK_INT(object_parts(&object, late, 2), -EINVAL);
	CHECK_INT(object_parts(&object, offsets, OBJECT_PARTS_MAX), 0);
	CHECK_INT(object_parts(&object, offsets, OBJECT_PARTS_MAX), -EINVAL);
	record(0, 100);
	CHECK_INT(object_end(&object, &result), 0);
	check_parts(OBJECT_PARTS_MAX, 100);
	close_object();

	open_object("vmcore");
	record(0, 1);
	CHECK_INT(object_parts(&object, offsets, 1), -EINVAL);
	close_object();
}

/* Sizes are as they are with digests. */
static void goes_without_digests(void)
{
	static const uint64_t offsets[] = { 0, 1000 };

	config.no_digest = true;
	open_object("vmcore");
	CHECK_INT(object_parts(&object, offsets, 2), 0);
	record(1100, 10);
	record(0, 10);
	CHECK_INT(object_record(&object, 1109, bytes, 1), -EINVAL);
	CHECK_INT(object_end(&object, &result), 0);
	CHECK_INT(result.size, 1110);
	CHECK_INT(result.n_parts, 0);
	CHECK(!result.parts);
	CHECK_STR(result.sha256, "");
	close_object();

	open_object("stream");
	object.layout = OBJECT_STREAM;
	CHECK_INT(object_sink(&object, bytes, 33), 0);
	CHECK_INT(object_sink(&object, bytes, 7), 0);
	CHECK_INT(object_end(&object, &result), 0);
	CHECK_INT(result.size, 40);
	CHECK_STR(result.sha256, "");
	close_object();
	config.no_digest = false;
}

int main(void)
{
	log_set_level(0);
	close(scratch_make());
	RUN(parts_have_digests_in_any_order);
	RUN(a_record_reaches_over_parts);
	RUN(parts_behind_the_end_are_none);
	RUN(bytes_of_a_part_ascend);
	RUN(parts_begin_at_0_and_ascend);
	RUN(goes_without_digests);
	return tap_done();
}
