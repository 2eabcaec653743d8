// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "io.h"
#include "log.h"
#include "s3-parts.h"

#define WAIT_MS 200
#define ETAGS_STEP 256

static const char *name(const struct s3_parts *parts)
{
	return parts->link->target->object;
}

static void release(struct s3_parts *parts, struct s3_part *part)
{
	if (part->buf) {
		munmap(part->buf, part->room);
		parts->mapped -= part->room;
	}
	*part = (struct s3_part){ .number = 0 };
}

void s3_parts_reset(struct s3_parts *parts)
{
	for (size_t i = 0; i < S3_PARTS_OPEN; i++)
		release(parts, &parts->open[i]);
	for (uint64_t i = 0; i < parts->etags_room; i++)
		free(parts->etags[i]);
	free(parts->etags);
	parts->etags = NULL;
	parts->etags_room = parts->last = 0;
	parts->id[0] = '\0';
}

static int refused(const struct s3_parts *parts, const struct s3_conn *conn)
{
	log_err("%s: refused: %s", name(parts), conn->why);
	return conn->verdict;
}

/* Begins the upload, before the first of its parts. */
static int create(struct s3_parts *parts)
{
	static const struct s3_body body = { .method = "POST", .data = "" };
	char url[S3_URL_MAX + sizeof("?uploads=")];
	struct s3_conn *conn;
	int ret;

	snprintf(url, sizeof(url), "%s?uploads=", parts->url);
	ret = s3_link_request(parts->link, url, &body, &conn);
	if (ret < 0)
		return conn && conn->status ? refused(parts, conn) : ret;
	ret = s3_xml_text(parts->id, sizeof(parts->id), conn->http.answer,
			  conn->http.answer_len, "UploadId");
	if (ret == 0 && parts->id[0])
		return 0;
	parts->id[0] = '\0';
	log_err("%s: %s: no UploadId", name(parts), conn->why);
	return -EPROTO;
}

static int start(struct s3_parts *parts, struct s3_part *part)
{
	const struct s3_body body = {
		.method = "PUT",
		.data = part->buf,
		.len = part->len,
		.reached = &part->reached,
	};
	char url[S3_URL_MAX];
	int ret = 0;

	if (!parts->id[0])
		ret = create(parts);
	if (!ret)
		ret = s3_upload_url(url, parts->url, part->number, parts->id);
	if (!ret)
		ret = s3_link_start(parts->link, url, &body, part);
	part->sending = !ret;
	return ret;
}

/* As many as there are connections for. */
static int start_full(struct s3_parts *parts)
{
	uint64_t now = now_ms();
	int ret = 0;

	for (size_t i = 0; i < S3_PARTS_OPEN && !ret; i++) {
		struct s3_part *part = &parts->open[i];

		if (parts->link->n_busy == S3_CONNECTIONS)
			break;
		if (part->full && !part->sending && now >= part->not_before_ms)
			ret = start(parts, part);
	}
	return ret;
}

static int keep_etag(struct s3_parts *parts, uint64_t number, const char *etag)
{
	char **more;

	if (number > parts->etags_room) {
		uint64_t room = number + ETAGS_STEP;

		more = realloc(parts->etags, room * sizeof(*more));
		if (!more)
			goto no_memory;
		memset(more + parts->etags_room, 0,
		       (room - parts->etags_room) * sizeof(*more));
		parts->etags = more;
		parts->etags_room = room;
	}
	parts->etags[number - 1] = strdup(etag);
	if (parts->etags[number - 1])
		return 0;
no_memory:
	log_err("%s: no memory for the list of parts", name(parts));
	return -ENOMEM;
}

static int try_again(struct s3_parts *parts, struct s3_part *part,
		     const struct s3_conn *conn)
{
	struct s3_link *link = parts->link;
	int64_t delay;

	delay = retry_ask(&link->retry,
			  http_retry_after_s(&conn->reply.retry_after),
			  name(parts), conn->why);
	if (delay < 0)
		return conn->status == 507 ? -ENOSPC : (int)delay;
	link->target->stats.retries++;
	part->not_before_ms = now_ms() + (uint64_t)delay;
	return 0;
}

/* A part's request is over. */
static int done(struct s3_parts *parts, struct s3_conn *conn)
{
	struct s3_part *part = conn->owner;
	struct s3_link *link = parts->link;
	int ret;

	s3_link_release(link, conn);
	part->sending = false;
	if (conn->verdict > 0)
		return try_again(parts, part, conn);
	if (conn->verdict < 0)
		return refused(parts, conn);
	if (!conn->reply.etag[0]) {
		log_err("%s: %s: no ETag", name(parts), conn->why);
		return -EPROTO;
	}
	ret = keep_etag(parts, part->number, conn->reply.etag);
	target_acked(link->target, part->len);
	retry_progress(&link->retry, now_ms());
	release(parts, part);
	return ret;
}

/* Moves on what can be; waits for up to so long for something to be over. */
static int turn(struct s3_parts *parts, int timeout_ms)
{
	struct s3_conn *conn;
	int ret;

	ret = start_full(parts);
	if (ret < 0)
		return ret;
	if (!parts->link->n_busy && !timeout_ms)
		return 0;
	ret = s3_link_poll(parts->link, timeout_ms, &conn);
	if (ret < 0)
		log_err("%s: libcurl does not go on", name(parts));
	return ret || !conn ? ret : done(parts, conn);
}

static bool any_full(const struct s3_parts *parts)
{
	for (size_t i = 0; i < S3_PARTS_OPEN; i++)
		if (parts->open[i].full)
			return true;
	return false;
}

static struct s3_part *find(struct s3_parts *parts, uint64_t number)
{
	for (size_t i = 0; i < S3_PARTS_OPEN; i++)
		if (parts->open[i].number == number)
			return &parts->open[i];
	return NULL;
}

/* A buffer for one more part, as soon as there is memory for it. */
static int open_part(struct s3_parts *parts, uint64_t number,
		     struct s3_part **ret)
{
	uint64_t off = s3_plan_off(&parts->plan, number);
	uint64_t len = s3_plan_off(&parts->plan, number + 1) - off;
	struct s3_part *part;
	int err;

	if (number > parts->plan.max_parts) {
		log_err("%s: more than the %" PRIu64 " parts that the store "
			"takes",
			name(parts), parts->plan.max_parts);
		return -EFBIG;
	}
	while (any_full(parts) &&
	       (!find(parts, 0) || parts->mapped + len > parts->budget)) {
		err = turn(parts, WAIT_MS);
		if (err < 0)
			return err;
	}
	part = find(parts, 0);
	if (part)
		part->buf = map_zeros(len);
	if (!part || !part->buf) {
		log_err("%s: no memory for a part of %" PRIu64 " bytes",
			name(parts), len);
		return -ENOMEM;
	}
	part->number = number;
	part->off = off;
	part->len = part->room = len;
	parts->mapped += len;
	if (number > parts->last)
		parts->last = number;
	*ret = part;
	return 0;
}

static bool is_sent(const struct s3_parts *parts, uint64_t number)
{
	return number <= parts->etags_room && parts->etags[number - 1];
}

/* The part that takes the bytes at an offset, and how many it takes. */
static int part_at(struct s3_parts *parts, uint64_t off, uint64_t *len,
		   struct s3_part **ret)
{
	uint64_t number = s3_plan_part(&parts->plan, off), left;
	int err = 0;

	*ret = find(parts, number);
	if (is_sent(parts, number) || (*ret && (*ret)->full)) {
		log_err("%s: bytes at %" PRIu64 " come too late", name(parts),
			off);
		return -EINVAL;
	}
	if (!*ret)
		err = open_part(parts, number, ret);
	if (err < 0)
		return err;
	left = (*ret)->off + (*ret)->len - off;
	if (*len > left)
		*len = left;
	return 0;
}

int s3_parts_write(struct s3_parts *parts, uint64_t off, const void *buf,
		   size_t len)
{
	const uint8_t *p = buf;
	struct s3_part *part;
	uint64_t n;
	int ret;

	for (; len; p += n, off += n, len -= n) {
		n = len;
		ret = part_at(parts, off, &n, &part);
		if (ret < 0)
			return ret;
		memcpy(part->buf + (off - part->off), p, n);
	}
	return turn(parts, 0);
}

int s3_parts_settled(struct s3_parts *parts, uint64_t off, uint64_t len)
{
	struct s3_part *part;
	uint64_t n;
	int ret = 0;

	for (; len && !ret; off += n, len -= n) {
		n = len;
		ret = part_at(parts, off, &n, &part);
		if (ret < 0)
			return ret;
		part->settled += n;
		if (part->settled < part->len)
			continue;
		part->full = true;
		ret = turn(parts, 0);
	}
	return ret;
}

uint64_t s3_parts_held(const struct s3_parts *parts)
{
	uint64_t held = 0;

	for (size_t i = 0; i < S3_PARTS_OPEN; i++) {
		const struct s3_part *part = &parts->open[i];
		/* The head is sent whole, with zeros for what is missing. */
		bool head = part->off < parts->plan.head_end;

		if (part->number)
			held += head ? part->len : part->settled;
	}
	return held;
}

int s3_parts_finish(struct s3_parts *parts, uint64_t size)
{
	uint64_t n = size ? s3_plan_part(&parts->plan, size - 1) : 0;
	struct s3_part *part;
	int ret = 0;

	for (uint64_t number = n; number && !ret; number--) {
		if (is_sent(parts, number))
			continue;
		part = find(parts, number);
		if (!part)
			ret = open_part(parts, number, &part);
		if (ret < 0)
			break;
		/* The last one may be shorter than it could have been. */
		if (part->len > size - part->off)
			part->len = size - part->off;
		part->full = true;
		ret = turn(parts, 0);
	}
	parts->last = n;
	while (!ret && any_full(parts))
		ret = turn(parts, WAIT_MS);
	return ret;
}

const struct s3_part *s3_parts_only(const struct s3_parts *parts, uint64_t size)
{
	const struct s3_part *only = NULL;

	if (parts->id[0])
		return NULL;
	for (size_t i = 0; i < S3_PARTS_OPEN; i++) {
		const struct s3_part *part = &parts->open[i];

		if (!part->number)
			continue;
		if (only || part->off || part->len < size)
			return NULL;
		only = part;
	}
	return only;
}
