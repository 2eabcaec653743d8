// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netstream/collector/partial.h"
#include "netstream/collector/pick.h"
#include "netstream/collector/session.h"
#include "netstream/collector/upload.h"
#include "netstream/collector/vmcore-head.h"
#include "netstream/collector/walk.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define VMCORE "vmcore"
/* As many objects are named; ours have less. */
#define OBJECTS_MAX 2048
/* One object of a list in session.json. */
#define MEMBER_MAX 1024

struct ending {
	const struct object_name *name;
	int session;
	char *session_json; /* "" when there is none that is whole */
	uint64_t heard; /* seconds since 1970: of the client, the last time */
	FILE *out; /* manifest.json */
	unsigned int n_objects, n_missing; /* so far */
	uint64_t size; /* bytes of all files */
};

static void log_failed(const struct ending *ending, const char *what, int err)
{
	log_err("%s/%s: %s: %s", ending->name->client, ending->name->session,
		what, strerror(-err));
}

/* The name of the object that the file is to become. */
static void unfinished_name(const char *file, char name[static STORE_FILE_MAX])
{
	snprintf(name, STORE_FILE_MAX, "%.*s",
		 (int)(strlen(file) - strlen(NAME_INCOMPLETE)), file);
}

/*
 * A crash may have left it without its name only, or before anybody was told
 * that it exists: then it has no bytes.
 */
static void settle(void *arg, const struct walk_file *file)
{
	struct ending *ending = arg;
	char leaf[STORE_FILE_MAX];
	struct upload upload;
	int ret;

	ending->size += (uint64_t)file->st.st_size;
	if (!name_is_unfinished(file->leaf)) {
		ending->n_objects++;
		return;
	}
	unfinished_name(file->leaf, leaf);
	ret = upload_open(&upload, file->dir, leaf);
	if (!ret && upload.complete)
		ending->n_objects++;
	if (ret == -ENOENT && !file->st.st_size)
		upload_remove(&upload);
	upload_close(&upload);
}

static int write_head(const struct ending *ending, int fd)
{
	struct vmcore_head head;
	off_t size = lseek(fd, 0, SEEK_END);
	int ret;

	if (size < 0)
		return -errno;
	ret = vmcore_head(&head, ending->session_json, fd);
	if (ret < 0)
		return ret;
	/* Too little has arrived to be of any use. */
	if ((uint64_t)size < head.need || (uint64_t)size < head.len)
		return -ENODATA;
	ret = pwrite_full(fd, head.bytes, head.len, 0);
	if (!ret && fsync(fd) < 0)
		ret = -errno;
	return ret;
}

/* Makes a dump of the vmcore that was cut off; else it stays what it is. */
static int end_vmcore(const struct ending *ending)
{
	struct upload upload;
	int fd, ret;

	ret = upload_open(&upload, ending->session, VMCORE);
	if (ret < 0)
		return ret == -ENOENT || ret == -ESTALE ? 0 : ret;
	if (upload.complete)
		goto out;
	fd = openat(ending->session, VMCORE NAME_INCOMPLETE,
		    O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	ret = fd < 0 ? -errno : write_head(ending, fd);
	if (fd >= 0)
		close(fd);
	if (!ret)
		ret = upload_keep(&upload);
	if (ret == -EBADMSG || ret == -ENODATA) {
		log_failed(ending, VMCORE " stays incomplete", ret);
		ret = 0;
	}
out:
	upload_close(&upload);
	return ret;
}

/* The client had more to send of an object that has its name. */
static bool ends_early(const struct walk_file *file)
{
	struct upload upload;
	int ret = upload_open(&upload, file->dir, file->leaf);

	upload_close(&upload);
	return ret == -ESTALE;
}

static bool is_listed(const struct walk_file *file, bool finished)
{
	return strcmp(file->path, STORE_MANIFEST) &&
	       name_is_unfinished(file->path) != finished;
}

static void write_object(void *arg, const struct walk_file *file)
{
	struct ending *ending = arg;

	if (!is_listed(file, true) || ending->n_objects == OBJECTS_MAX)
		return;
	/* Names need no escapes: they were checked, and checked again. */
	fprintf(ending->out, "%s\n\t\t{ \"name\": \"%s\", \"size\": %lld }",
		ending->n_objects++ ? "," : "", file->path,
		(long long)file->st.st_size);
}

static void write_missing(struct ending *ending, const char *name,
			  const char *reason, const uint64_t *size)
{
	if (ending->n_missing == OBJECTS_MAX)
		return;
	fprintf(ending->out, "%s\n\t\t{ \"name\": \"%s\", \"reason\": \"%s\"",
		ending->n_missing++ ? "," : "", name, reason);
	if (size)
		fprintf(ending->out, ", \"size\": %" PRIu64, *size);
	fputs(" }", ending->out);
}

static void write_unfinished(void *arg, const struct walk_file *file)
{
	uint64_t size = (uint64_t)file->st.st_size;
	char name[STORE_FILE_MAX];

	if (is_listed(file, false)) {
		unfinished_name(file->path, name);
		write_missing(arg, name, "cut off", &size);
	} else if (is_listed(file, true) && ends_early(file)) {
		write_missing(arg, file->path, "cut off", NULL);
	}
}

/* Nothing of it is there, not even an unfinished file. */
static bool never_came(const struct ending *ending, const char *object)
{
	struct object_name name = { .object = "" };
	char other[STORE_FILE_MAX];
	const char *leaf;
	bool came;
	int dir;

	snprintf(name.object, sizeof(name.object), "%s", object);
	dir = store_object(ending->session, &name, false, &leaf);
	if (dir < 0)
		return true;
	snprintf(other, sizeof(other), "%s" NAME_INCOMPLETE, leaf);
	came = !faccessat(dir, leaf, F_OK, AT_SYMLINK_NOFOLLOW) ||
	       !faccessat(dir, other, F_OK, AT_SYMLINK_NOFOLLOW);
	close(dir);
	return !came;
}

/* What session.json has announced. */
static void write_not_received(struct ending *ending)
{
	const char *list = pick_own_list(ending->session_json, "device_dumps");
	char member[MEMBER_MAX], name[NAME_LEN_MAX + 2];

	while (list && (list = pick_member(list, member, sizeof(member)))) {
		pick_own(member, "object", name, sizeof(name));
		if (name_is_object(name) && never_came(ending, name))
			write_missing(ending, name, "not received", NULL);
	}
	if (never_came(ending, VMCORE))
		write_missing(ending, VMCORE, "not received", NULL);
}

static void write_text(struct ending *ending)
{
	unsigned long long n;
	FILE *out = ending->out;

	ending->n_objects = ending->n_missing = 0;
	fprintf(out,
		"{\n\t\"schema\": \"barecap-manifest\",\n\t\"version\": 1,\n"
		"\t\"session\": \"%s\",\n\t\"result\": \"partial\",\n"
		"\t\"by\": \"vmcollectd\",\n\t\"last_heard\": %" PRIu64
		",\n\t\"objects\": [",
		ending->name->session, ending->heard);
	walk_files(ending->session, write_object, ending);
	fputs("\n\t],\n\t\"missing\": [", out);
	walk_files(ending->session, write_unfinished, ending);
	write_not_received(ending);
	fputs("\n\t]", out);
	if (pick_own_number(ending->session_json, "n_device_dumps", &n))
		fprintf(out, ",\n\t\"n_device_dumps\": %llu", n);
	fputs("\n}\n", out);
}

static int put_manifest(const struct ending *ending, const char *text,
			size_t len)
{
	int fd, ret;

	fd = openat(ending->session, STORE_MANIFEST_NEW,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	ret = write_full(fd, text, len);
	if (!ret && fsync(fd) < 0)
		ret = -errno;
	close(fd);
	if (ret < 0)
		return ret;
	return store_rename(ending->session, STORE_MANIFEST_NEW,
			    STORE_MANIFEST);
}

static int end_session(struct ending *ending)
{
	char *text = NULL;
	size_t len;
	int ret;

	ret = end_vmcore(ending);
	if (ret < 0)
		return ret;
	ending->out = open_memstream(&text, &len);
	if (!ending->out)
		return -ENOMEM;
	write_text(ending);
	ret = fclose(ending->out) == EOF ? -ENOMEM : 0;
	if (!ret)
		ret = put_manifest(ending, text, len);
	free(text);
	return ret;
}

static void remove_unfinished(void *arg, const struct walk_file *file)
{
	char leaf[STORE_FILE_MAX];
	struct upload upload;

	(void)arg;
	if (!name_is_unfinished(file->leaf) || file->st.st_size)
		return;
	unfinished_name(file->leaf, leaf);
	upload_open(&upload, file->dir, leaf);
	upload_remove(&upload);
	upload_close(&upload);
}

static void remove_subdir(void *arg, int dir, const char *name)
{
	(void)arg;
	unlinkat(dir, name, AT_REMOVEDIR);
}

/* Nothing but names; what is more than that keeps the directory. */
static int remove_session(int client, const struct ending *ending)
{
	struct store_total total;

	walk_files(ending->session, remove_unfinished, NULL);
	store_session_clean(ending->session, &total);
	walk_entries(ending->session, remove_subdir, NULL);
	if (unlinkat(client, ending->name->session, AT_REMOVEDIR) < 0)
		return -errno;
	return fsync(client) < 0 ? -errno : 0;
}

static int end(int client, struct ending *ending, struct partial *partial)
{
	int ret = -ENOTEMPTY;

	walk_files(ending->session, settle, ending);
	partial->end = PARTIAL_COMPLETE;
	if (!store_session_complete(ending->session)) {
		partial->end = PARTIAL_REMOVED;
		if (!ending->n_objects && !ending->size)
			ret = remove_session(client, ending);
		if (ret != -ENOTEMPTY && ret != -EEXIST)
			return ret;
		partial->end = PARTIAL_ENDED;
		ret = end_session(ending);
		if (ret < 0)
			return ret;
	}
	partial->n_missing = ending->n_missing;
	store_session_clean(ending->session, &partial->total);
	return 0;
}

int partial_end(int client, const struct object_name *name,
		struct partial *partial)
{
	struct ending ending = { .name = name };
	int ret;

	*partial = (struct partial){ .n_missing = 0 };
	ending.session = store_subdir(client, name->session);
	if (ending.session < 0)
		return ending.session;
	ending.heard = (uint64_t)session_touched(ending.session);
	/* One that is cut off itself promises nothing. */
	if (!faccessat(ending.session, "session.json", F_OK,
		       AT_SYMLINK_NOFOLLOW))
		ending.session_json = walk_text(ending.session, "session.json");
	if (!ending.session_json)
		ending.session_json = calloc(1, 1);
	ret = ending.session_json ? end(client, &ending, partial) : -ENOMEM;
	if (ret < 0)
		log_failed(&ending, "not ended", ret);
	free(ending.session_json);
	close(ending.session);
	return ret;
}
