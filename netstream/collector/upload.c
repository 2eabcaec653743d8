// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "netstream/collector/upload.h"
#include "netstream/io.h"

#define BLOCK_LEN 65536

static const char *incomplete(const struct upload *upload,
			      char name[static STORE_FILE_MAX])
{
	snprintf(name, STORE_FILE_MAX, "%s" NAME_INCOMPLETE, upload->leaf);
	return name;
}

static const char *hidden(const struct upload *upload,
			  char name[static STORE_FILE_MAX])
{
	snprintf(name, STORE_FILE_MAX, ".%s.upload", upload->leaf);
	return name;
}

static void upload_init(struct upload *upload, int dir, const char *leaf)
{
	*upload = (struct upload){ .dir = dir, .fd = -1, .state_fd = -1 };
	snprintf(upload->leaf, sizeof(upload->leaf), "%s", leaf);
}

void upload_close(struct upload *upload)
{
	if (upload->fd >= 0)
		close(upload->fd);
	if (upload->state_fd >= 0)
		close(upload->state_fd);
	upload->fd = upload->state_fd = -1;
}

static int open_file(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

static uint64_t object_size(const struct state *state)
{
	return state->layout == LAYOUT_FLAT ? state->reader.size
					    : state->offset;
}

int upload_keep(struct upload *upload)
{
	char name[STORE_FILE_MAX];

	return store_rename(upload->dir, incomplete(upload, name),
			    upload->leaf);
}

/* The bytes and the state are durable: give the object its name. */
static int finish(struct upload *upload)
{
	int ret = upload_keep(upload);

	if (ret < 0)
		return ret;
	upload->complete = true;
	upload->size = object_size(&upload->state);
	return 0;
}

/* An object that has its name is complete, whatever its state says. */
static bool find_complete(struct upload *upload)
{
	struct stat st;

	if (fstatat(upload->dir, upload->leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	upload->complete = true;
	upload->size = (uint64_t)st.st_size;
	return true;
}

static int load_state(struct upload *upload)
{
	char name[STORE_FILE_MAX];
	int ret;

	ret = open_file(upload->dir, hidden(upload, name), O_RDWR);
	if (ret < 0)
		return ret;
	upload->state_fd = ret;
	ret = state_load(upload->state_fd, &upload->state);
	/* A crash came before the upload was acknowledged. */
	return ret == -EBADMSG ? -ENOENT : ret;
}

int upload_open(struct upload *upload, int dir, const char *leaf)
{
	char name[STORE_FILE_MAX];
	int ret;

	upload_init(upload, dir, leaf);
	ret = load_state(upload);
	if (find_complete(upload)) {
		if (!ret && !state_finished(&upload->state)) {
			ret = -ESTALE;
			goto err;
		}
		if (ret < 0)
			upload->state = (struct state){
				.length_known = true,
				.length = upload->size,
				.offset = upload->size,
			};
		return 0;
	}
	if (ret < 0)
		goto err;
	ret = open_file(dir, incomplete(upload, name), O_WRONLY);
	if (ret < 0)
		goto err;
	upload->fd = ret;
	if (state_finished(&upload->state)) {
		ret = finish(upload);
		if (ret < 0)
			goto err;
	}
	return 0;

err:
	upload_close(upload);
	return ret;
}

static int make_files(struct upload *upload, const char *metadata)
{
	char name[STORE_FILE_MAX];
	int ret;

	ret = open_file(upload->dir, hidden(upload, name),
			O_RDWR | O_CREAT | O_TRUNC);
	if (ret < 0)
		return ret;
	upload->state_fd = ret;
	ret = open_file(upload->dir, incomplete(upload, name),
			O_WRONLY | O_CREAT | O_TRUNC);
	if (ret < 0)
		return ret;
	upload->fd = ret;
	ret = state_put_metadata(upload->state_fd, metadata);
	if (!ret)
		ret = state_create(upload->state_fd, &upload->state);
	if (ret < 0)
		return ret;
	return fsync(upload->dir) < 0 ? -errno : 0;
}

int upload_create(struct upload *upload, int dir, const char *leaf,
		  enum layout layout, const uint64_t *length,
		  const char *metadata)
{
	struct state state = { .layout = layout };
	int ret;

	if (length) {
		state.length_known = true;
		state.length = *length;
	}
	ret = upload_open(upload, dir, leaf);
	if (!ret) {
		if (!upload->complete && upload->state.layout == layout &&
		    (!length || (upload->state.length_known &&
				 upload->state.length == *length)))
			return 0;
		upload_close(upload);
		return -EEXIST;
	}
	if (ret != -ENOENT)
		return ret;

	upload_init(upload, dir, leaf);
	state.created = (uint64_t)time(NULL);
	flat_reader_init(&state.reader, 0);
	upload->state = state;
	ret = make_files(upload, metadata);
	if (!ret && state_finished(&state))
		ret = finish(upload);
	if (ret < 0) {
		upload_remove(upload);
		upload_close(upload);
	}
	return ret;
}

int upload_remove(struct upload *upload)
{
	char name[STORE_FILE_MAX];

	/* Without its state an upload does not exist: that goes first. */
	if (unlinkat(upload->dir, hidden(upload, name), 0) < 0 &&
	    errno != ENOENT)
		return -errno;
	if (unlinkat(upload->dir, incomplete(upload, name), 0) < 0 &&
	    errno != ENOENT)
		return -errno;
	return fsync(upload->dir) < 0 ? -errno : 0;
}

static int put(void *arg, uint64_t off, const void *buf, size_t len)
{
	const struct upload *upload = arg;

	return pwrite_full(upload->fd, buf, len, off);
}

static int copy_spool(struct upload *upload, const struct spool *spool,
		      struct state *state)
{
	uint8_t buf[BLOCK_LEN];
	uint64_t pos = 0;
	size_t len;
	int ret;

	for (; pos < spool->len; pos += len) {
		len = sizeof(buf);
		if (len > spool->len - pos)
			len = (size_t)(spool->len - pos);
		ret = pread_full(spool->fd, buf, len, pos);
		if (ret < 0)
			return ret;
		if (state->layout == LAYOUT_FLAT)
			ret = flat_read(&state->reader, buf, len, put, upload);
		else
			ret = put(upload, state->offset, buf, len);
		if (ret < 0)
			return ret;
		state->offset += len;
	}
	return 0;
}

int upload_apply(struct upload *upload, const struct spool *spool,
		 const uint64_t *length)
{
	struct state state = upload->state;
	int ret;

	state.reader.limit = spool->limit;
	if (length) {
		state.length_known = true;
		state.length = *length;
	}
	ret = copy_spool(upload, spool, &state);
	if (ret < 0)
		return ret;
	if (state_finished(&state) &&
	    ftruncate(upload->fd, (off_t)object_size(&state)) < 0)
		return -errno;
	if (fdatasync(upload->fd) < 0)
		return -errno;
	ret = state_save(upload->state_fd, &state);
	if (ret < 0)
		return ret;
	upload->state = state;
	return state_finished(&state) ? finish(upload) : 0;
}
