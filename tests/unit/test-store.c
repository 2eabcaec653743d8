// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/store.o
// objects: netstream/collector/state.o
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "netstream/collector/store.h"
#include "netstream/log.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

static struct store store;

static void make_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static bool exists(int dir, const char *name)
{
	return !faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

static void accepts_plain_names_only(void)
{
	CHECK(store_client_ok("web1.example.org"));
	CHECK(!store_client_ok(""));
	CHECK(!store_client_ok("."));
	CHECK(!store_client_ok(".."));
	CHECK(!store_client_ok(".hidden"));
	CHECK(!store_client_ok("a/b"));
	CHECK(!store_client_ok("a:b"));
	CHECK(!store_client_ok("a b"));
	CHECK(name_is_component("20260102T030405Z-0a1b2c3d"));
	CHECK(!name_is_component("a/b"));
	CHECK(name_is_object("vmcore"));
	CHECK(name_is_object("device-dumps/00-cxgb4_0000:02:00.4.zst"));
	CHECK(!name_is_object("a/b/c"));
	CHECK(!name_is_object("../a"));
	CHECK(!name_is_object("a/.b"));
	CHECK(!name_is_object("vmcore.incomplete"));
	CHECK(!name_is_object("a/vmcore.incomplete"));
}

static void makes_directories_for_its_user_only(void)
{
	struct object_name name = { "web1", "s1", "device-dumps/00-x" };
	bool started = false;
	const char *leaf;
	struct stat st;
	int session, dir;

	session = store_session(&store, &name, false, NULL);
	CHECK_INT(session, -ENOENT);
	session = store_session(&store, &name, true, &started);
	CHECK(session >= 0);
	CHECK(started);
	dir = store_object(session, &name, true, &leaf);
	CHECK(dir >= 0);
	CHECK_STR(leaf, "00-x");
	CHECK_INT(fstat(dir, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	close(dir);
	close(session);
	session = store_session(&store, &name, true, &started);
	CHECK(!started);
	close(session);
}

static void does_not_follow_links(void)
{
	struct object_name name = { "evil", "s", "o" };
	const char *leaf;
	bool started;
	int session;

	CHECK_INT(symlinkat("/", store.fd, "evil"), 0);
	CHECK_INT(store_session(&store, &name, true, &started), -ENOTDIR);
	CHECK_INT(store_session(&store, &name, false, NULL), -ENOTDIR);

	strcpy(name.client, "web2");
	session = store_session(&store, &name, true, &started);
	CHECK_INT(symlinkat("/", session, "sub"), 0);
	strcpy(name.object, "sub/etc");
	CHECK_INT(store_object(session, &name, true, &leaf), -ENOTDIR);
	CHECK_INT(store_object(session, &name, false, &leaf), -ENOTDIR);
	CHECK(!store_session_complete(session));
	/* A link counts as a manifest: nobody may get around it. */
	CHECK_INT(symlinkat("/nowhere", session, STORE_MANIFEST), 0);
	CHECK(store_session_complete(session));
	close(session);
}

static void serves_a_store_once(void)
{
	struct store other;

	CHECK_INT(store_open(&other, scratch, 0, true), -EWOULDBLOCK);
	CHECK_INT(store_open(&other, scratch, 0, false), 0);
	store_close(&other);
	CHECK_INT(store_open(&other, "/nonexistent", 0, false), -ENOENT);
}

static void promises_no_more_than_there_is(void)
{
	struct statvfs vfs;
	uint64_t avail;

	CHECK_INT(fstatvfs(store.fd, &vfs), 0);
	avail = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	CHECK_INT(store_promise(&store, INT64_MAX), -ENOSPC);
	CHECK_INT(store_promise(&store, avail / 2), 0);
	CHECK_INT(store_promise(&store, avail / 4 * 3), -ENOSPC);
	store_unpromise(&store, avail / 2);
	CHECK_INT(store_promise(&store, avail / 4 * 3), 0);
	store_unpromise(&store, avail / 4 * 3);
	store.reserve = INT64_MAX;
	CHECK_INT(store_promise(&store, 0), -ENOSPC);
	store.reserve = 0;
	CHECK_INT(store.promised, 0);
}

static void forgets_the_uploads_of_a_complete_session(void)
{
	struct object_name name = { "web3", "s", "dumps/00-x" };
	struct store_total total;
	const char *leaf;
	bool started;
	int session, dir;

	session = store_session(&store, &name, true, &started);
	dir = store_object(session, &name, true, &leaf);
	make_file(session, "vmcore", "12345");
	make_file(session, ".vmcore.upload", "");
	make_file(session, "log.incomplete", "1");
	make_file(session, ".log.upload", "");
	make_file(dir, "00-x", "123");
	make_file(dir, ".00-x.upload", "");
	make_file(session, ".upload", "");

	store_session_clean(session, &total);
	CHECK_INT(total.n_objects, 2);
	CHECK_INT(total.size, 8);
	CHECK(exists(session, "vmcore"));
	CHECK(!exists(session, ".vmcore.upload"));
	CHECK(exists(session, ".log.upload"));
	CHECK(exists(session, "log.incomplete"));
	CHECK(exists(dir, "00-x"));
	CHECK(!exists(dir, ".00-x.upload"));
	CHECK(exists(session, ".upload"));
	close(dir);
	close(session);
}

int main(void)
{
	close(scratch_make());
	log_set_level(0);
	if (store_open(&store, scratch, 0, true) < 0)
		return 1;
	RUN(accepts_plain_names_only);
	RUN(makes_directories_for_its_user_only);
	RUN(does_not_follow_links);
	RUN(serves_a_store_once);
	RUN(promises_no_more_than_there_is);
	RUN(forgets_the_uploads_of_a_complete_session);
	store_close(&store);
	return tap_done();
}
