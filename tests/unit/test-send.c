// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * A session whose device dumps cannot be read everywhere, to a file target.
 */

#include <errno.h>

#include "capture/send.h"
#include "netstream/io.h"
#include "tests/tap.h"
#include "tests/unit/broken-vmcore.h"
#include "tests/unit/scratch.h"

static char url[64];

/* The https target is not linked here: this one is a store with little room. */
#define SMALL_ROOM (OBJECT_ROOM_MARGIN + 100 * VMCORE_PAGE_LEN)

static int small_open(struct target **ret, const char *small_url,
		      const struct target_config *config, const char *id)
{
	(void)small_url;
	return target_file.open(ret, url, config, id);
}

static int small_begin(struct target *target)
{
	target->room = SMALL_ROOM;
	return target_file.begin(target);
}

static int small_write(struct target *target, uint64_t off, const void *buf,
		       size_t len)
{
	return target_file.write(target, off, buf, len);
}

static int small_end(struct target *target, uint64_t size)
{
	return target_file.end(target, size);
}

static void small_close(struct target *target)
{
	target_file.close(target);
}

const struct target_ops target_https = {
	.scheme = "https",
	.open = small_open,
	.begin = small_begin,
	.write = small_write,
	.end = small_end,
	.close = small_close,
};

static struct broken_vmcore broken;
static struct session session;
static struct plan_piece piece;
static struct delivery delivery;
static struct manifest manifest;
static uint64_t partial_ms;

/* Three dumps of 40 pages; the file begins at an address, see there. */
static void open_session(const char *id)
{
	broken_vmcore_open(&broken, "dump a\nfill 163000 1\n"
				    "dump b\nfill 163000 2\n"
				    "dump c\nfill 163000 3\n"
				    "note CORE 1\nzero 336\n"
				    "load 0 0\nfill 9000 4\n");
	session = (struct session){ .core = broken.core };
	snprintf(session.id, sizeof(session.id), "%s", id);
	CHECK_INT(device_dumps_load(&session.dumps, &broken.core), 0);
	piece = (struct plan_piece){ 0, (uintptr_t)broken.start };
	session.plan = (struct plan){ .core = &session.core,
				      .size = broken.len,
				      .note_len = broken.core.note_len,
				      .pieces = &piece,
				      .n_pieces = 1 };
}

static void close_session(void)
{
	manifest_free(&manifest);
	device_dumps_free(&session.dumps);
	broken_vmcore_close(&broken);
}

/* A try more at the target, which may have some of it. */
static int send_again(enum part *part)
{
	const struct config elf = { .format = FORMAT_ELF };
	const struct target_config config = { 0 };
	const struct sending sending = {
		.session = &session,
		.config = &elf,
		.delivery = &delivery,
		.manifest = &manifest,
		.partial_ms = partial_ms,
	};
	int ret;

	log_take();
	ret = send_session(&sending, &config, part);
	log_taken();
	return ret;
}

static int send_to(const char *to, enum part *part)
{
	delivery = (struct delivery){ .url = to };
	manifest_free(&manifest);
	CHECK_INT(manifest_init(&manifest, &session, now_ms()), 0);
	return send_again(part);
}

static int send(enum part *part)
{
	return send_to(url, part);
}

/* An object, as text, in memory of the caller; NULL: it is not there. */
static char *object(const char *name, size_t *len)
{
	char path[256], *text;

	snprintf(path, sizeof(path), "%s/%s/%s", scratch, session.id, name);
	return read_file(path, 1 << 20, &text, len) < 0 ? NULL : text;
}

static void goes_on_without_what_cannot_be_read(void)
{
	char *text, *vmcore, *want;
	enum part part;
	size_t len = 0;

	open_session("one");
	want = malloc(broken.len);
	memcpy(want, broken.start, broken.len);
	memset(want + 50 * VMCORE_PAGE_LEN, 0, VMCORE_PAGE_LEN);
	broken_vmcore_break(&broken, 50 * VMCORE_PAGE_LEN);
	CHECK_INT(send(&part), 0);

	vmcore = object("vmcore", &len);
	CHECK_INT(len, broken.len);
	if (vmcore && len == broken.len)
		CHECK_MEM(vmcore, want, len);
	text = object("manifest.json", NULL);
	CHECK(text && strstr(text, "\"unreadable_bytes\": 4096\n"));
	/* 9 pages of it are there, less the header. */
	CHECK(text && strstr(text, "\"name\": \"b\",\n        \"index\": 1,\n"
				   "        \"size\": 36800,\n"));
	CHECK(text &&
	      strstr(text, "\"name\": \"device-dumps/01-b.zst\",\n"
			   "      \"reason\": \"Input/output error\"\n"));
	CHECK(text && strstr(text, "\"device-dumps/02-c.zst\""));
	free(text);
	free(vmcore);
	free(want);
	close_session();
}

static bool has_text(const char *name, const char *text)
{
	char *all = object(name, NULL);
	bool found = all && strstr(all, text);

	free(all);
	return found;
}

/* Not a device dump: no target can help, so what is there is ended. */
static void ends_where_memory_cannot_be_read(void)
{
	enum part part;
	size_t len = 0;

	open_session("two");
	broken_vmcore_break(&broken, 123 * VMCORE_PAGE_LEN);
	CHECK_INT(send(&part), 0);
	CHECK_INT(part, PART_VMCORE);
	CHECK_INT(manifest.partial, -EIO);
	CHECK(has_text("device-dumps/02-c.zst", ""));
	free(object("vmcore", &len));
	CHECK(len > 100 * VMCORE_PAGE_LEN && len <= 123 * VMCORE_PAGE_LEN);
	CHECK(has_text("manifest.json",
		       "\"result\": \"partial\",\n"
		       "  \"why\": \"Input/output error\",\n"));
	close_session();
}

/* Then all that is large is left out. */
static void sends_what_there_is_time_for(void)
{
	enum part part;

	open_session("late");
	partial_ms = now_ms();
	CHECK_INT(send(&part), 0);
	CHECK_INT(part, PART_TARGET);
	CHECK_INT(manifest.partial, -ETIMEDOUT);
	CHECK_INT(manifest.n_objects, 2);
	CHECK_INT(manifest.n_missing, 5);
	CHECK(has_text("session.json", "\"vmcore\""));
	CHECK(has_text("manifest.json",
		       "\"why\": \"the deadline was near\",\n"));
	CHECK(has_text("manifest.json",
		       "\"name\": \"vmcore\",\n"
		       "      \"reason\": \"the deadline was near\"\n"));
	close_session();

	/* What an earlier try has left of the vmcore is not given up for it. */
	open_session("later");
	partial_ms = now_ms();
	delivery = (struct delivery){ .url = url, .unfinished = "vmcore" };
	CHECK_INT(manifest_init(&manifest, &session, now_ms()), 0);
	CHECK_INT(send_again(&part), -ETIMEDOUT);
	CHECK(!has_text("manifest.json", ""));
	partial_ms = 0;
	close_session();
}

/* In the last try it is cut; before that, another target may have room. */
static void a_store_without_room_gets_what_fits(void)
{
	enum part part;
	size_t len = 0;

	open_session("small");
	CHECK_INT(send_to("https://small", &part), -EFBIG);
	CHECK_INT(part, PART_TARGET);
	CHECK_STR(delivery.unfinished, "vmcore");
	CHECK_INT(manifest.partial, 0);
	close_session();

	open_session("small-and-last");
	partial_ms = now_ms() + 3600000;
	CHECK_INT(send_to("https://small", &part), 0);
	CHECK_INT(part, PART_TARGET);
	CHECK_INT(manifest.partial, -EFBIG);
	partial_ms = 0;
	free(object("vmcore", &len));
	CHECK(len >= 90 * VMCORE_PAGE_LEN && len < broken.len);
	CHECK(has_text("manifest.json",
		       "\"why\": \"the store takes no larger object\",\n"));
	close_session();
}

static void tells_the_target_from_a_dump(void)
{
	char path[256];
	enum part part;

	open_session("three");
	snprintf(path, sizeof(path), "%s/three", scratch);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/three/device-dumps", scratch);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	CHECK(send(&part) < 0);
	CHECK_INT(part, PART_TARGET);
	close_session();
}

/* The directory of the dumps is a file at first. */
static void sends_only_what_is_not_there_yet(void)
{
	char path[256];
	enum part part;
	char *text;

	open_session("four");
	snprintf(path, sizeof(path), "%s/four", scratch);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/four/device-dumps", scratch);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	CHECK(send(&part) < 0);
	CHECK_INT(manifest.n_objects, 1);
	text = object("session.json", NULL);
	CHECK(text != NULL);
	free(text);

	/* It would not be written a second time: -EEXIST. */
	unlink(path);
	CHECK_INT(send_again(&part), 0);
	CHECK_INT(manifest.n_objects, 6);
	CHECK_INT(manifest.n_missing, 1); /* vmcore-dmesg.txt */
	text = object("manifest.json", NULL);
	CHECK(text && strstr(text, "\"session.json\""));
	CHECK(text && strstr(text, "\"device-dumps/02-c.zst\""));
	free(text);
	close_session();
}

/* Its directory of dumps is there, but the vmcore cannot be ended. */
static void says_what_is_left_unfinished(void)
{
	char path[256];
	enum part part;

	open_session("five");
	snprintf(path, sizeof(path), "%s/five", scratch);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/five/vmcore", scratch);
	mkdir(path, 0700);
	CHECK_INT(send(&part), -EEXIST);
	CHECK(!delivery.unfinished);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/five/manifest.json.incomplete",
		 scratch);
	mkdir(path, 0700);
	CHECK(send_again(&part) < 0);
	CHECK(delivery.stats.acked > 123 * VMCORE_PAGE_LEN);
	CHECK(manifest_has(&manifest, "vmcore"));
	close_session();
}

int main(void)
{
	close(scratch_make());
	snprintf(url, sizeof(url), "file://%s", scratch);
	RUN(goes_on_without_what_cannot_be_read);
	RUN(ends_where_memory_cannot_be_read);
	RUN(sends_what_there_is_time_for);
	RUN(a_store_without_room_gets_what_fits);
	RUN(tells_the_target_from_a_dump);
	RUN(sends_only_what_is_not_there_yet);
	RUN(says_what_is_left_unfinished);
	return tap_done();
}
