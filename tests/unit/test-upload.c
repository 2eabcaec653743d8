// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/upload.o netstream/collector/spool.o
// objects: netstream/collector/state.o netstream/collector/store.o
/*
 * Uploads in a real directory.  What a crash does is made by closing the
 * upload without finishing the step, and by taking files back.
 */
#include <errno.h>
#include <sys/stat.h>

#include "netstream/collector/upload.h"
#include "netstream/io.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define LIMIT 1000000

static int dir;

static bool exists(const char *name)
{
	return !faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

static void check_file(const char *name, const void *want, size_t len)
{
	static char buf[65536];
	int fd = openat(dir, name, O_RDONLY);
	struct stat st = { .st_size = -1 };

	CHECK(fd >= 0);
	CHECK(fstat(fd, &st) == 0);
	CHECK_INT(st.st_size, len);
	if ((size_t)st.st_size == len && len <= sizeof(buf)) {
		CHECK_INT(pread_full(fd, buf, len, 0), 0);
		CHECK_MEM(buf, want, len);
	}
	if (fd >= 0)
		close(fd);
}

/* One request: open, spool, apply, close.  0 or what failed. */
static int send_bytes(const char *leaf, const void *buf, size_t len,
		      const uint64_t *length)
{
	struct upload upload;
	struct spool spool;
	int ret;

	ret = upload_open(&upload, dir, leaf);
	if (ret < 0)
		return ret;
	ret = spool_open(&spool, dir, &upload.state, LIMIT, false);
	CHECK_INT(ret, 0);
	ret = spool_write(&spool, buf, len);
	if (!ret)
		ret = upload_apply(&upload, &spool, length);
	spool_close(&spool);
	upload_close(&upload);
	return ret;
}

static uint64_t offset_of(const char *leaf)
{
	struct upload upload;

	if (upload_open(&upload, dir, leaf) < 0)
		return UINT64_MAX;
	upload_close(&upload);
	return upload.state.offset;
}

static int create(const char *leaf, enum layout layout)
{
	struct upload upload;
	int ret = upload_create(&upload, dir, leaf, layout, NULL, "k dg==");

	if (!ret)
		upload_close(&upload);
	return ret;
}

static void stores_a_stream(void)
{
	uint64_t length = 11;

	CHECK_INT(create("a", LAYOUT_STREAM), 0);
	CHECK(exists("a.incomplete") && exists(".a.upload"));
	CHECK_INT(send_bytes("a", "hello ", 6, NULL), 0);
	CHECK_INT(offset_of("a"), 6);
	CHECK_INT(create("a", LAYOUT_STREAM), 0);
	CHECK_INT(offset_of("a"), 6);
	CHECK_INT(create("a", LAYOUT_FLAT), -EEXIST);
	CHECK_INT(send_bytes("a", "world", 5, NULL), 0);
	CHECK(!exists("a"));
	CHECK_INT(send_bytes("a", "", 0, &length), 0);
	check_file("a", "hello world", 11);
	CHECK(!exists("a.incomplete"));
	CHECK_INT(create("a", LAYOUT_STREAM), -EEXIST);
	CHECK_INT(offset_of("a"), 11);
	/* The state has been removed with those of the session. */
	CHECK_INT(unlinkat(dir, ".a.upload", 0), 0);
	CHECK_INT(offset_of("a"), 11);
	CHECK_INT(create("a", LAYOUT_STREAM), -EEXIST);
}

static void an_empty_object_is_complete_at_once(void)
{
	struct upload upload;
	uint64_t length = 0;

	CHECK_INT(upload_create(&upload, dir, "empty", LAYOUT_STREAM, &length,
				""),
		  0);
	CHECK(upload.complete);
	upload_close(&upload);
	check_file("empty", "", 0);
}

static size_t make_flat(uint8_t *buf)
{
	uint8_t *p = buf;

	flat_put_header(p);
	p += FLAT_HEADER_LEN;
	flat_put_record(p, 8192, 5);
	memcpy(p + FLAT_RECORD_LEN, "later", 5);
	p += FLAT_RECORD_LEN + 5;
	flat_put_record(p, 0, 4);
	memcpy(p + FLAT_RECORD_LEN, "head", 4);
	p += FLAT_RECORD_LEN + 4;
	flat_put_end(p);
	return (size_t)(p + FLAT_RECORD_LEN - buf);
}

static void lays_out_records_cut_anywhere(void)
{
	static char want[8197];
	uint8_t flat[8192];
	uint64_t length = make_flat(flat);
	char leaf[16];
	struct stat st;

	memcpy(want, "head", 4);
	memcpy(want + 8192, "later", 5);
	for (size_t cut = FLAT_HEADER_LEN - 1; cut <= length; cut++) {
		snprintf(leaf, sizeof(leaf), "f%zu", cut);
		CHECK_INT(create(leaf, LAYOUT_FLAT), 0);
		CHECK_INT(send_bytes(leaf, flat, cut, NULL), 0);
		CHECK_INT(offset_of(leaf), cut);
		CHECK_INT(send_bytes(leaf, flat + cut, length - cut, &length),
			  0);
		check_file(leaf, want, sizeof(want));
	}
	CHECK_INT(fstatat(dir, leaf, &st, 0), 0);
	CHECK(st.st_blocks * 512 <= 8192);
}

static void a_bad_body_does_not_touch_the_object(void)
{
	uint8_t flat[8192];
	size_t len = make_flat(flat);

	CHECK_INT(create("bad", LAYOUT_FLAT), 0);
	CHECK_INT(send_bytes("bad", flat, FLAT_HEADER_LEN, NULL), 0);
	/* The first record is right, the second one is not. */
	flat[FLAT_HEADER_LEN + FLAT_RECORD_LEN + 5] = 0x80;
	CHECK_INT(send_bytes("bad", flat + FLAT_HEADER_LEN,
			     len - FLAT_HEADER_LEN, NULL),
		  -EBADMSG);
	check_file("bad.incomplete", "", 0);
	flat_put_record(flat, LIMIT - 3, 4);
	CHECK_INT(send_bytes("bad", flat, FLAT_RECORD_LEN, NULL), -EFBIG);
	CHECK_INT(offset_of("bad"), FLAT_HEADER_LEN);
}

static void a_stream_ends_at_the_limit(void)
{
	static char buf[LIMIT + 1];

	CHECK_INT(create("big", LAYOUT_STREAM), 0);
	CHECK_INT(send_bytes("big", buf, LIMIT + 1, NULL), -EFBIG);
	CHECK_INT(send_bytes("big", buf, LIMIT, NULL), 0);
	CHECK_INT(send_bytes("big", buf, 1, NULL), -EFBIG);
	CHECK_INT(offset_of("big"), LIMIT);
}

/* The bytes were written, then the machine was gone before the state was. */
static void goes_on_at_the_acknowledged_offset(void)
{
	uint64_t length = 6;
	int fd;

	CHECK_INT(create("crash", LAYOUT_STREAM), 0);
	CHECK_INT(send_bytes("crash", "abc", 3, NULL), 0);
	fd = openat(dir, "crash.incomplete", O_WRONLY);
	CHECK_INT(pwrite_full(fd, "XXXXXXXX", 8, 3), 0);
	close(fd);
	CHECK_INT(offset_of("crash"), 3);
	CHECK_INT(send_bytes("crash", "def", 3, &length), 0);
	check_file("crash", "abcdef", 6);
}

/* The state says all is there, but the rename had not happened. */
static void finishes_what_a_crash_left_unfinished(void)
{
	uint64_t length = 3;

	CHECK_INT(create("late", LAYOUT_STREAM), 0);
	CHECK_INT(send_bytes("late", "abc", 3, &length), 0);
	CHECK_INT(renameat(dir, "late", dir, "late.incomplete"), 0);
	CHECK_INT(offset_of("late"), 3);
	check_file("late", "abc", 3);
}

/* A crash in the middle of a creation leaves files that mean nothing. */
static void creates_again_after_a_crash(void)
{
	int fd = openat(dir, ".again.upload", O_CREAT | O_WRONLY, 0600);

	close(fd);
	CHECK_INT(offset_of("again"), UINT64_MAX);
	fd = openat(dir, "again.incomplete", O_CREAT | O_WRONLY, 0600);
	CHECK_INT(write_full(fd, "old", 3), 0);
	close(fd);
	CHECK_INT(create("again", LAYOUT_STREAM), 0);
	CHECK_INT(offset_of("again"), 0);
	check_file("again.incomplete", "", 0);
}

static void replaces_nothing_and_follows_no_link(void)
{
	char victim[64];
	uint64_t length = 3;
	int fd;

	CHECK_INT(create("taken", LAYOUT_STREAM), 0);
	CHECK_INT(send_bytes("taken", "abc", 3, NULL), 0);
	fd = openat(dir, "taken", O_CREAT | O_WRONLY, 0600);
	CHECK_INT(write_full(fd, "first", 5), 0);
	close(fd);
	CHECK_INT(send_bytes("taken", "", 0, &length), -ESTALE);
	check_file("taken", "first", 5);

	snprintf(victim, sizeof(victim), "%s/victim", scratch);
	CHECK_INT(symlinkat(victim, dir, "link.incomplete"), 0);
	CHECK_INT(create("link", LAYOUT_STREAM), -ELOOP);
	CHECK(!exists("victim"));
	CHECK_INT(symlinkat(victim, dir, ".hide.upload"), 0);
	CHECK_INT(create("hide", LAYOUT_STREAM), -ELOOP);
	CHECK(!exists("victim"));
	CHECK_INT(symlinkat(victim, dir, "name"), 0);
	CHECK_INT(create("name", LAYOUT_STREAM), -EEXIST);
}

static void removes_what_is_not_complete(void)
{
	struct upload upload;

	CHECK_INT(create("gone", LAYOUT_STREAM), 0);
	CHECK_INT(upload_open(&upload, dir, "gone"), 0);
	CHECK_INT(upload_remove(&upload), 0);
	upload_close(&upload);
	CHECK(!exists("gone.incomplete") && !exists(".gone.upload"));
	CHECK_INT(offset_of("gone"), UINT64_MAX);
}

int main(void)
{
	dir = scratch_make();
	RUN(stores_a_stream);
	RUN(an_empty_object_is_complete_at_once);
	RUN(lays_out_records_cut_anywhere);
	RUN(a_bad_body_does_not_touch_the_object);
	RUN(a_stream_ends_at_the_limit);
	RUN(goes_on_at_the_acknowledged_offset);
	RUN(finishes_what_a_crash_left_unfinished);
	RUN(creates_again_after_a_crash);
	RUN(replaces_nothing_and_follows_no_link);
	RUN(removes_what_is_not_complete);
	close(dir);
	return tap_done();
}
