// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../netstream/io.h"
#include "../../netstream/log.h"
#include "../../netstream/target.h"
#include "../tap.h"

#define SESSION "20260102T030405Z-0a1b2c3d"

static char dir[] = "/tmp/barecap-test-XXXXXX";
static char url[64];
static struct target_config config;
static char path[256];

static const char *in_session(const char *name)
{
	snprintf(path, sizeof(path), "%s/new/%s/%s", dir, SESSION, name);
	return path;
}

static bool exists(const char *name)
{
	return access(in_session(name), F_OK) == 0;
}

static struct target *open_target(void)
{
	struct target *target = NULL;

	CHECK_INT(target_open(&target, url, &config, SESSION), 0);
	return target;
}

static void check_content(const char *name, const char *want, size_t want_len)
{
	char *text = NULL;
	size_t len = 0;

	CHECK_INT(read_file(in_session(name), 1 << 20, &text, &len), 0);
	CHECK_INT(len, want_len);
	if (text && len == want_len)
		CHECK_MEM(text, want, len);
	free(text);
}

static void accepts_plain_names_only(void)
{
	static const char *const good[] = { "vmcore", "a/b", "A-z_0.9:+",
					    "device-dumps/01-cxgb4.zst",
					    "x.incomplete.y" };
	static const char *const bad[] = {
		"",
		"/",
		"/a",
		"a/",
		"a//b",
		"a/b/c",
		".",
		"..",
		".a",
		"a/.b",
		"../a",
		"a/..",
		"a b",
		"a\nb",
		"a\\b",
		"a%2fb",
		"a\xc3\xa4",
		"a*",
		"vmcore.incomplete",
	};
	char name[NAME_LEN_MAX + 2];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(name_is_object(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (name_is_object(bad[i]))
			printf("# accepted: %s\n", bad[i]);
		CHECK(!name_is_object(bad[i]));
	}
	memset(name, 'a', sizeof(name));
	name[NAME_LEN_MAX + 1] = '\0';
	CHECK(!name_is_object(name));
	name[NAME_LEN_MAX] = '\0';
	CHECK(name_is_object(name));
}

static void refuses_urls_that_it_does_not_know(void)
{
	static const char *const bad[] = { "",
					   "ftp://host/x",
					   "file",
					   "file:/tmp",
					   "https:",
					   "file://host/dir",
					   "https://user:secret@host/files" };
	struct target *target;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(target_open(&target, bad[i], &config, SESSION),
			  -EINVAL);
	CHECK_INT(target_open(&target, url, &config, "a/b"), -EINVAL);
	CHECK_INT(target_open(&target, url, &config, ".."), -EINVAL);
	target_close(NULL);
}

static void keeps_the_name_back_until_the_end(void)
{
	struct target *target = open_target();
	struct stat st;

	CHECK_INT(target_begin(target, "session.json", OBJECT_STREAM), 0);
	CHECK_INT(target_write(target, 0, "hello ", 6), 0);
	CHECK(exists("session.json.incomplete"));
	CHECK(!exists("session.json"));
	CHECK_INT(target_write(target, 6, "world", 5), 0);
	CHECK_INT(target_end(target, 11), 0);
	CHECK(!exists("session.json.incomplete"));
	check_content("session.json", "hello world", 11);
	CHECK_INT(stat(in_session(""), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	CHECK_INT(target->stats.acked, 11);
	CHECK_INT(target->stats.resent, 0);
	CHECK(target->stats.first_ack_ms > 0);
	target_close(target);
}

static void leaves_holes_between_records(void)
{
	static const char want[20] = "\0\0\0\0\0second\0\0\0\0\0\0\0\0z";
	struct target *target = open_target();

	CHECK_INT(target_begin(target, "vmcore", OBJECT_RECORDS), 0);
	CHECK_INT(target_write(target, 19, "z", 1), 0);
	CHECK_INT(target_write(target, 5, "second", 6), 0);
	CHECK_INT(target_end(target, 20), 0);
	check_content("vmcore", want, sizeof(want));
	target_close(target);
}

static void makes_one_directory_level(void)
{
	struct target *target = open_target();

	CHECK_INT(target_begin(target, "device-dumps/00-a.zst", OBJECT_STREAM),
		  0);
	CHECK_INT(target_end(target, 0), 0);
	check_content("device-dumps/00-a.zst", "", 0);
	target_close(target);
}

static void never_writes_over_a_finished_object(void)
{
	struct target *target = open_target();

	CHECK_INT(target_begin(target, "session.json", OBJECT_STREAM), -EEXIST);

	/* Someone makes it between begin and end. */
	CHECK_INT(target_begin(target, "late.json", OBJECT_STREAM), 0);
	CHECK_INT(target_write(target, 0, "mine", 4), 0);
	close(open(in_session("late.json"), O_CREAT | O_WRONLY, 0600));
	CHECK_INT(target_end(target, 4), -EEXIST);
	check_content("late.json", "", 0);
	target_close(target);
}

static void refuses_bytes_that_do_not_fit_the_layout(void)
{
	struct target *target = open_target();

	CHECK_INT(target_write(target, 0, "x", 1), -EINVAL);
	CHECK_INT(target_begin(target, "stream", OBJECT_STREAM), 0);
	CHECK_INT(target_write(target, 1, "x", 1), -EINVAL);
	CHECK_INT(target_write(target, 0, "x", 1), 0);
	CHECK_INT(target_write(target, 0, "x", 1), -EINVAL);
	CHECK_INT(target_end(target, 2), -EINVAL);
	CHECK_INT(target_begin(target, "records", OBJECT_RECORDS), 0);
	CHECK_INT(target_write(target, INT64_MAX, "x", 1), -EINVAL);
	CHECK_INT(target_end(target, 0), 0);
	target_close(target);
}

static void gives_up_at_the_deadline(void)
{
	struct target *target = open_target();

	CHECK_INT(target_begin(target, "slow", OBJECT_STREAM), 0);
	config.deadline_ms = now_ms();
	CHECK_INT(target_write(target, 0, "x", 1), -ETIMEDOUT);
	config.deadline_ms = 0;
	CHECK_INT(target_write(target, 0, "x", 1), -ETIMEDOUT);
	/* It has lost bytes: it must not be finished. */
	CHECK_INT(target_end(target, 0), -ETIMEDOUT);
	CHECK(exists("slow.incomplete"));
	target_close(target);
}

static void follows_no_symlink(void)
{
	struct target *target = open_target();

	CHECK_INT(symlink("/dev/null", in_session("link.incomplete")), 0);
	CHECK_INT(target_begin(target, "link", OBJECT_STREAM), -ELOOP);
	target_close(target);
}

static void offers_a_chunk_within_its_bounds(void)
{
	size_t size = target_chunk_size();

	CHECK(size >= TARGET_CHUNK_MIN && size <= TARGET_CHUNK_MAX);
	CHECK_INT(size % 65536, 0);
}

static void says_how_far_it_is_once_a_second(void)
{
	char name[64];
	struct target *target;
	char *text = NULL;

	snprintf(name, sizeof(name), "%s/progress", dir);
	config.progress = name;
	target = open_target();
	CHECK_INT(read_file(name, 64, &text, NULL), 0);
	CHECK_STR(text, "0\n");
	free(text);
	target_acked(target, 10);
	CHECK_INT(read_file(name, 64, &text, NULL), 0);
	CHECK_STR(text, "0\n");
	free(text);
	target->alive_ms -= 1000;
	target_acked(target, 20);
	CHECK_INT(read_file(name, 64, &text, NULL), 0);
	CHECK_STR(text, "30\n");
	free(text);
	target_close(target);
	config.progress = NULL;
}

int main(void)
{
	char command[64];

	if (!mkdtemp(dir))
		return 1;
	snprintf(url, sizeof(url), "file://%s/new", dir);
	RUN(accepts_plain_names_only);
	RUN(refuses_urls_that_it_does_not_know);
	RUN(keeps_the_name_back_until_the_end);
	RUN(leaves_holes_between_records);
	RUN(makes_one_directory_level);
	RUN(never_writes_over_a_finished_object);
	RUN(refuses_bytes_that_do_not_fit_the_layout);
	RUN(gives_up_at_the_deadline);
	RUN(follows_no_symlink);
	RUN(offers_a_chunk_within_its_bounds);
	RUN(says_how_far_it_is_once_a_second);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		return 1;
	return tap_done();
}
