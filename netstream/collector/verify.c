// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client wrote the manifest: its names are checked as those of an upload
 * are, and what it says is only compared with the files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netstream/collector/pick.h"
#include "netstream/collector/verify.h"
#include "netstream/collector/walk.h"
#include "netstream/digest.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define BUFFER_LEN (256U << 10)
/* An object of the manifest, with its parts; ours have less than 2000. */
#define MEMBER_MAX 8192
#define PART_MAX 512
/* Each may cost as much as reading the largest file. */
#define OBJECTS_MAX 2048
#define SCHEMA "barecap-manifest"

struct verify {
	FILE *out;
	struct verify_total *total;
	struct digest *digest;
	char *buf; /* of BUFFER_LEN */
	struct object_name name; /* that is being looked at */
	int fd; /* of the object */
	char member[MEMBER_MAX], part[PART_MAX];
};

static void print(struct verify *verify, const char *verdict)
{
	const struct object_name *name = &verify->name;

	fprintf(verify->out, "%s%s%s%s%s: %s\n", name->client,
		name->session[0] ? "/" : "", name->session,
		name->object[0] ? "/" : "", name->object, verdict);
}

static void bad(struct verify *verify, const char *why)
{
	verify->total->n_bad++;
	print(verify, why);
}

/* Whether these bytes of the object have that digest: 1, 0 or -errno. */
static int compare(struct verify *verify, uint64_t off, uint64_t len,
		   const char *want)
{
	uint8_t sum[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	int ret = 0;

	while (len && !ret) {
		size_t n = len < BUFFER_LEN ? (size_t)len : BUFFER_LEN;

		ret = pread_full(verify->fd, verify->buf, n, off);
		if (!ret)
			digest_update(verify->digest, verify->buf, n);
		off += n;
		len -= n;
	}
	/* In any case: this also sets it back to the start. */
	digest_final(verify->digest, sum);
	digest_hex(sum, hex);
	return ret < 0 ? ret : !strcmp(hex, want);
}

/* Each part begins where the one before ends, and the last one at the end. */
static bool parts_cover(struct verify *verify, const char *list, uint64_t size)
{
	unsigned long long off, len;
	uint64_t end = 0;
	const char *next;

	while ((next = pick_member(list, verify->part, PART_MAX))) {
		list = next;
		if (!pick_own_number(verify->part, "offset", &off) ||
		    !pick_own_number(verify->part, "size", &len) ||
		    off != end || len > size - end)
			return false;
		end += len;
	}
	return end == size && pick_ended(list);
}

static void verify_parts(struct verify *verify, const char *list, uint64_t size)
{
	unsigned long long off = 0, len = 0;
	char want[DIGEST_HEX_LEN], text[128];
	bool good = true;
	int ret;

	if (!parts_cover(verify, list, size)) {
		bad(verify, "the manifest's parts do not cover it");
		return;
	}
	while ((list = pick_member(list, verify->part, PART_MAX))) {
		pick_own_number(verify->part, "offset", &off);
		pick_own_number(verify->part, "size", &len);
		pick_own(verify->part, "sha256", want, sizeof(want));
		ret = compare(verify, off, len, want);
		if (ret > 0)
			continue;
		snprintf(text, sizeof(text), "damaged: %llu bytes at %llu: %s",
			 len, off,
			 ret < 0 ? strerror(-ret) : "not the SHA-256");
		if (good)
			bad(verify, text);
		else
			print(verify, text);
		good = false;
	}
	if (good)
		print(verify, "ok");
}

static void verify_whole(struct verify *verify, uint64_t size)
{
	char want[DIGEST_HEX_LEN], text[128];
	int ret;

	if (!pick_own(verify->member, "sha256", want, sizeof(want))) {
		print(verify, "has its size, there is no digest");
		return;
	}
	ret = compare(verify, 0, size, want);
	if (ret > 0) {
		print(verify, "ok");
		return;
	}
	snprintf(text, sizeof(text), "damaged: %s",
		 ret < 0 ? strerror(-ret) : "not the SHA-256");
	bad(verify, text);
}

static int open_object(int session, const struct object_name *name)
{
	const char *leaf;
	int dir, fd;

	dir = store_object(session, name, false, &leaf);
	if (dir < 0)
		return dir;
	fd = openat(dir, leaf, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		fd = -errno;
	close(dir);
	return fd;
}

/* The size of the object, or a line that says why it is none. */
static bool check_size(struct verify *verify, uint64_t *ret)
{
	unsigned long long size;
	char text[128];
	struct stat st;

	if (!pick_own_number(verify->member, "size", &size)) {
		bad(verify, "the manifest has no size");
		return false;
	}
	if (fstat(verify->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		bad(verify, "not a file");
		return false;
	}
	*ret = (uint64_t)st.st_size;
	if (size == *ret)
		return true;
	snprintf(text, sizeof(text), "damaged: %llu bytes, not %llu",
		 (unsigned long long)st.st_size, size);
	bad(verify, text);
	return false;
}

static void verify_object(struct verify *verify, int session)
{
	const char *parts;
	uint64_t size;
	char text[128];

	verify->fd = open_object(session, &verify->name);
	if (verify->fd < 0) {
		snprintf(text, sizeof(text), "missing: %s",
			 strerror(-verify->fd));
		bad(verify, text);
		return;
	}
	if (check_size(verify, &size)) {
		posix_fadvise(verify->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		parts = pick_own_list(verify->member, "parts");
		if (parts)
			verify_parts(verify, parts, size);
		else
			verify_whole(verify, size);
	}
	close(verify->fd);
}

/* What there is of it is compared all the same. */
static bool is_partial(struct verify *verify, const char *manifest)
{
	const char *list = pick_own_list(manifest, "missing");
	char result[16], text[64];
	unsigned int n = 0;

	pick_own(manifest, "result", result, sizeof(result));
	if (strcmp(result, "partial"))
		return false;
	while (list && (list = pick_member(list, verify->member, MEMBER_MAX)))
		n++;
	snprintf(text, sizeof(text), "partial, %u missing or cut off", n);
	verify->total->n_incomplete++;
	print(verify, text);
	return true;
}

static void verify_objects(struct verify *verify, int session,
			   const char *manifest)
{
	struct object_name *name = &verify->name;
	const char *list = pick_own_list(manifest, "objects"), *next;
	unsigned int n = 0;
	bool partial;
	char text[32];

	pick_own(manifest, "schema", text, sizeof(text));
	partial = is_partial(verify, manifest);
	while (list && !strcmp(text, SCHEMA) &&
	       (next = pick_member(list, verify->member, MEMBER_MAX))) {
		list = next;
		if (n++ == OBJECTS_MAX)
			break;
		pick_own(verify->member, "name", name->object,
			 sizeof(name->object));
		if (!name_is_object(name->object)) {
			name->object[0] = '\0';
			bad(verify, "the manifest names what is no object");
			continue;
		}
		verify_object(verify, session);
	}
	name->object[0] = '\0';
	if (!list || (!n && !partial) || n > OBJECTS_MAX || !pick_ended(list))
		bad(verify, "not a manifest that can be read to its end");
}

static void verify_session(void *arg, int dir, const char *entry)
{
	struct verify *verify = arg;
	struct object_name *name = &verify->name;
	char *text = NULL;
	int session;

	if (!name_is_component(entry))
		return;
	session = store_subdir(dir, entry);
	if (session == -ENOTDIR || session == -ELOOP)
		return;
	snprintf(name->session, sizeof(name->session), "%s", entry);
	name->object[0] = '\0';
	if (session < 0) {
		bad(verify, strerror(-session));
		return;
	}
	if (!store_session_complete(session)) {
		verify->total->n_incomplete++;
		print(verify, "incomplete, has no manifest yet");
	} else {
		text = walk_text(session, STORE_MANIFEST);
		verify_objects(verify, session, text ? text : "");
	}
	free(text);
	close(session);
}

static void verify_client(void *arg, int dir, const char *entry)
{
	struct verify *verify = arg;
	int fd, ret;

	if (!store_client_ok(entry))
		return;
	fd = store_subdir(dir, entry);
	if (fd == -ENOTDIR || fd == -ELOOP)
		return;
	verify->name = (struct object_name){ .session = "" };
	snprintf(verify->name.client, sizeof(verify->name.client), "%s", entry);
	ret = fd < 0 ? fd : walk_entries(fd, verify_session, verify);
	verify->name.session[0] = '\0';
	if (ret < 0)
		bad(verify, strerror(-ret));
	if (fd >= 0)
		close(fd);
}

/* One session, or the sessions of one client. */
static int verify_named(struct verify *verify, int store,
			const struct object_name *name)
{
	int client, session;

	client = store_subdir(store, name->client);
	if (client < 0)
		return client;
	if (!name->session[0]) {
		verify_client(verify, store, name->client);
	} else {
		session = store_subdir(client, name->session);
		if (session < 0) {
			close(client);
			return session;
		}
		close(session);
		memcpy(verify->name.client, name->client, sizeof(name->client));
		verify_session(verify, client, name->session);
	}
	close(client);
	return 0;
}

int verify_store(const char *dir, const char *what, FILE *out,
		 struct verify_total *total)
{
	struct verify *verify = calloc(1, sizeof(*verify));
	struct object_name name;
	struct store store = { .fd = -1 };
	int ret = -ENOMEM;

	*total = (struct verify_total){ 0 };
	if (!verify)
		goto err;
	verify->out = out;
	verify->total = total;
	verify->digest = digest_new();
	verify->buf = malloc(BUFFER_LEN);
	if (!verify->digest || !verify->buf)
		goto err;
	ret = store_open(&store, dir, 0, false);
	if (ret < 0)
		goto out;
	ret = what ? walk_split(what, &name) : 0;
	if (!ret && what)
		ret = verify_named(verify, store.fd, &name);
	else if (!ret)
		ret = walk_entries(store.fd, verify_client, verify);
	store_close(&store);
err:
	if (ret < 0)
		log_err("%s/%s: %s", dir, what ? what : "", strerror(-ret));
out:
	if (verify) {
		digest_free(verify->digest);
		free(verify->buf);
	}
	free(verify);
	return ret < 0 ? ret : 0;
}
