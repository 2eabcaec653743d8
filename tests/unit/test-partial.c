// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/partial.o netstream/collector/session.o
// objects: netstream/collector/vmcore-head.o netstream/collector/upload.o
// objects: netstream/collector/spool.o netstream/collector/state.o
// objects: netstream/collector/store.o netstream/collector/walk.o
// objects: netstream/collector/pick.o netstream/collector/request.o
/*
 * Sessions in a real directory whose client is gone.  What a crash leaves in
 * the middle of it is made by hand.
 */
#include <errno.h>
#include <sys/stat.h>

#include "capture/kdump.h"
#include "netstream/base64.h"
#include "netstream/collector/partial.h"
#include "netstream/collector/session.h"
#include "netstream/collector/upload.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define VMCORE_LEN (8 * 4096)

static int client, session;
static struct object_name name = { .client = "web1" };
static struct partial partial;
static char vmcore[VMCORE_LEN];
static struct kdump_header header = {
	.header_version = KDUMP_VERSION,
	.status = KDUMP_INCOMPLETE,
	.block_len = 4096,
	.sub_header_blocks = 2,
	.bitmap_blocks = 4,
};

static void new_session(const char *id)
{
	snprintf(name.session, sizeof(name.session), "%s", id);
	CHECK_INT(mkdirat(client, id, 0700), 0);
	session = store_subdir(client, id);
	CHECK(session >= 0);
}

/* An object of which len bytes arrive; all of it when it is finished. */
static void put(const char *object, const void *buf, size_t len, bool finished)
{
	uint64_t length = len, *end = finished ? &length : NULL;
	struct upload upload;
	struct spool spool;
	const char *leaf;
	int dir;

	snprintf(name.object, sizeof(name.object), "%s", object);
	dir = store_object(session, &name, true, &leaf);
	CHECK_INT(upload_create(&upload, dir, leaf, LAYOUT_STREAM, NULL, ""),
		  0);
	CHECK_INT(spool_open(&spool, dir, &upload.state, 1 << 20, false), 0);
	CHECK_INT(spool_write(&spool, buf, len), 0);
	if (len || finished)
		CHECK_INT(upload_apply(&upload, &spool, end), 0);
	spool_close(&spool);
	upload_close(&upload);
	close(dir);
}

static void put_session_json(void)
{
	char text[2048];
	int n = sprintf(text, "{\"n_device_dumps\": 2, \"device_dumps\": ["
			      "{\"object\": \"device-dumps/0-a.zst\"},"
			      "{\"object\": \"device-dumps/1-b.zst\"},"
			      "{\"object\": \"../c\"}, {\"object\": \"\"}],"
			      "\"vmcore\": {\"format\": \"kdump\", "
			      "\"header\": \"");

	n += (int)base64(text + n, &header, sizeof(header));
	n += sprintf(text + n, "\"}}");
	put("session.json", text, (size_t)n, true);
}

static bool exists(const char *file)
{
	return !faccessat(session, file, F_OK, AT_SYMLINK_NOFOLLOW);
}

static const char *text_of(const char *file)
{
	static char text[65536];
	int fd = openat(session, file, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

static void check_manifest(const char *want)
{
	const char *text = text_of(STORE_MANIFEST);

	CHECK(strstr(text, "\"result\": \"partial\""));
	CHECK(strstr(text, "\"by\": \"vmcollectd\""));
	if (!strstr(text, want)) {
		CHECK_STR(text, want);
	}
}

static int end_it(void)
{
	return partial_end(client, &name, &partial);
}

static void check_dump(void)
{
	const char *text = text_of("vmcore");

	CHECK_MEM(text, &header, sizeof(header));
	CHECK_MEM(text + sizeof(header), vmcore + sizeof(header),
		  VMCORE_LEN - sizeof(header));
	CHECK(!exists("vmcore.incomplete"));
	check_manifest("{ \"name\": \"vmcore\", \"reason\": \"cut off\" }");
	check_manifest("{ \"name\": \"vmcore\", \"size\": 32768 }");
}

static void a_vmcore_that_was_cut_off_becomes_a_dump(void)
{
	struct upload upload;

	new_session("s1");
	put_session_json();
	put("vmcore", vmcore, sizeof(vmcore), false);
	put("device-dumps/0-a.zst", "abc", 3, false);
	CHECK_INT(end_it(), 0);
	CHECK_INT(partial.end, PARTIAL_ENDED);
	CHECK_INT(partial.n_missing, 3);
	check_dump();
	check_manifest("\"device-dumps/0-a.zst\", \"reason\": \"cut off\", "
		       "\"size\": 3 }");
	check_manifest("{ \"name\": \"device-dumps/1-b.zst\", \"reason\": "
		       "\"not received\" }");
	check_manifest("\"n_device_dumps\": 2");
	CHECK(!strstr(text_of(STORE_MANIFEST), ".."));
	/* Its client is told; the others' offsets are forgotten. */
	CHECK_INT(upload_open(&upload, session, "vmcore"), -ESTALE);
	CHECK_INT(upload_open(&upload, session, "session.json"), 0);
	upload_close(&upload);
	CHECK(!exists(".session.json.upload"));
	close(session);
}

/* After the header, after the name, in the manifest. */
static void a_crash_at_any_step_changes_nothing(void)
{
	for (int step = 0; step < 4; step++) {
		char id[] = "crash0";
		int fd;

		id[5] += (char)step;
		new_session(id);
		put_session_json();
		put("vmcore", vmcore, sizeof(vmcore), false);
		fd = openat(session, "vmcore.incomplete", O_WRONLY);
		CHECK_INT(pwrite(fd, &header, step ? sizeof(header) : 100, 0),
			  step ? sizeof(header) : 100);
		close(fd);
		if (step > 1)
			CHECK_INT(renameat(session, "vmcore.incomplete",
					   session, "vmcore"),
				  0);
		if (step > 2)
			close(openat(session, STORE_MANIFEST_NEW,
				     O_WRONLY | O_CREAT, 0600));
		CHECK_INT(end_it(), 0);
		check_dump();
		CHECK(!exists(STORE_MANIFEST_NEW));
		close(session);
	}
}

static void what_is_no_dump_stays_incomplete(void)
{
	new_session("short");
	put_session_json();
	put("vmcore", vmcore, 7 * 4096 - 1, false);
	CHECK_INT(end_it(), 0);
	CHECK(exists("vmcore.incomplete"));
	CHECK(!exists("vmcore"));
	check_manifest("\"vmcore\", \"reason\": \"cut off\", \"size\": 28671");
	close(session);

	/* A promise that is not all there is none. */
	new_session("promise");
	put("session.json", "{}", 2, false);
	put("vmcore", vmcore, sizeof(vmcore), false);
	CHECK_INT(end_it(), 0);
	CHECK_MEM(text_of("vmcore.incomplete"), vmcore, sizeof(vmcore));
	check_manifest("\"session.json\", \"reason\": \"cut off\"");
	check_manifest("\"objects\": [\n\t],");
	close(session);
}

/* The answer to the last request was all that was missing. */
static void what_had_arrived_is_complete(void)
{
	new_session("whole");
	put_session_json();
	put("vmcore", vmcore, sizeof(vmcore), true);
	CHECK_INT(renameat(session, "vmcore", session, "vmcore.incomplete"), 0);
	CHECK_INT(end_it(), 0);
	CHECK_MEM(text_of("vmcore"), vmcore, sizeof(vmcore));
	CHECK(!strstr(text_of(STORE_MANIFEST), "\"vmcore\", \"reason\""));
	close(session);

	new_session("all");
	put("vmcore", vmcore, sizeof(vmcore), true);
	put(STORE_MANIFEST, "{}", 2, true);
	CHECK_INT(renameat(session, STORE_MANIFEST, session,
			   STORE_MANIFEST NAME_INCOMPLETE),
		  0);
	CHECK_INT(end_it(), 0);
	CHECK_INT(partial.end, PARTIAL_COMPLETE);
	CHECK_STR(text_of(STORE_MANIFEST), "{}");
	close(session);
}

static void nothing_but_names_is_removed(void)
{
	new_session("empty");
	put("session.json", "", 0, false);
	put("a/b", "", 0, false);
	close(openat(session, ".gone.upload", O_WRONLY | O_CREAT, 0600));
	CHECK_INT(end_it(), 0);
	CHECK_INT(partial.end, PARTIAL_REMOVED);
	CHECK_INT(faccessat(client, "empty", F_OK, 0), -1);
	close(session);

	/* What nobody could have sent is not removed. */
	new_session("other");
	close(openat(session, ".notes", O_WRONLY | O_CREAT, 0600));
	CHECK_INT(end_it(), 0);
	CHECK_INT(partial.end, PARTIAL_ENDED);
	CHECK(exists(".notes"));
	check_manifest("\"objects\": [\n\t],");
	close(session);
}

static void set_age(const char *file, time_t age)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - age } };

	times[1] = times[0];
	CHECK_INT(utimensat(session, file, times, 0), 0);
}

static void a_session_is_as_old_as_its_newest_file(void)
{
	new_session("old");
	put("a/b", "x", 1, false);
	set_age("a/b.incomplete", 100);
	set_age(".", 1000);
	CHECK(session_age(session) >= 100 && session_age(session) < 200);
	CHECK_INT(session_state(session, 90), SESSION_ABANDONED);
	CHECK_INT(session_state(session, 300), SESSION_RUNNING);
	session_touch(session);
	CHECK(session_age(session) < 50);
	set_age("a/b.incomplete", -1000);
	CHECK_INT(session_age(session), 0);
	CHECK_INT(end_it(), 0);
	CHECK_INT(session_state(session, 90), SESSION_PARTIAL);
	close(session);
	new_session("done");
	put(STORE_MANIFEST, "{\"result\": \"complete\"}", 22, true);
	CHECK_INT(session_state(session, 0), SESSION_COMPLETE);
	close(session);
}

int main(void)
{
	int fd = scratch_make();

	log_set_level(0);
	memcpy(header.signature, KDUMP_SIGNATURE, sizeof(header.signature));
	for (size_t i = sizeof(header); i < sizeof(vmcore); i++)
		vmcore[i] = (char)(i % 251);
	CHECK_INT(mkdirat(fd, "web1", 0700), 0);
	client = store_subdir(fd, "web1");
	RUN(a_vmcore_that_was_cut_off_becomes_a_dump);
	RUN(a_crash_at_any_step_changes_nothing);
	RUN(what_is_no_dump_stays_incomplete);
	RUN(what_had_arrived_is_complete);
	RUN(nothing_but_names_is_removed);
	RUN(a_session_is_as_old_as_its_newest_file);
	close(client);
	close(fd);
	return tap_done();
}
