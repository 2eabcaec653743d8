// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * s3://BUCKET[/PREFIX]: any store that speaks S3.  Objects become
 * PREFIX/SESSION/NAME.  A small object is one PUT; a larger one is a multipart
 * upload, of which nothing is to be seen until it is complete.
 *
 * A part is sent when all of its bytes are final.  The number of a part is its
 * place in the object, so the header of a vmcore, which is written last, is in
 * part 1 all the same, and the object is the file as it should be.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "log.h"
#include "procfs.h"
#include "s3-parts.h"
#include "target.h"

/* Of the free memory, half is for parts. */
#define MEMORY_SHARE 2
/* To clean up takes no longer, whatever is over. */
#define ABORT_MS 5000

struct s3_target {
	struct target target;
	struct s3_link link;
	struct s3_parts parts;
	char url[]; /* s3://BUCKET[/PREFIX] */
};

static struct s3_target *s3_target(struct target *target)
{
	return (struct s3_target *)target;
}

static int refused(struct s3_target *t, const struct s3_conn *conn, int ret)
{
	if (conn && conn->status)
		log_err("%s: refused: %s", t->target.object, conn->why);
	return ret;
}

/* What an upload that is not completed has stored would have to be paid for. */
static void give_up(struct s3_target *t)
{
	static const struct s3_body body = { .method = "DELETE", .data = "" };
	struct s3_conn *conn;
	char url[S3_URL_MAX];

	s3_link_cancel(&t->link);
	if (t->parts.id[0] &&
	    !s3_upload_url(url, t->parts.url, 0, t->parts.id)) {
		s3_link_set_deadline(&t->link, now_ms() + ABORT_MS);
		if (!s3_link_request(&t->link, url, &body, &conn))
			log_notice("%s: unfinished upload removed",
				   t->target.object);
		else if (conn && conn->status)
			log_warn("%s: unfinished upload: %s", t->target.object,
				 conn->why);
		s3_link_set_deadline(&t->link, t->target.config->deadline_ms);
	}
	s3_parts_reset(&t->parts);
}

static int s3_begin(struct target *target)
{
	struct s3_target *t = s3_target(target);
	uint64_t max_parts = target->config->s3_max_parts;
	int ret;

	give_up(t);
	s3_plan_init(&t->parts.plan, max_parts ? max_parts : S3_PARTS_DEFAULT);
	t->parts.budget = (meminfo_kb("MemAvailable") << 10) / MEMORY_SHARE;
	retry_progress(&t->link.retry, now_ms());
	ret = s3_url(t->parts.url, t->link.endpoint, t->url, target->session,
		     target->object);
	if (ret < 0)
		log_err("%s: too long a name", target->object);
	return ret;
}

static int s3_expect(struct target *target, uint64_t head, uint64_t max)
{
	struct s3_target *t = s3_target(target);
	struct s3_plan *plan = &t->parts.plan;

	if (plan->head_end == UINT64_MAX)
		s3_plan_head(plan, head);
	target->room = UINT64_MAX;
	if (!s3_plan_data(plan, head, max, t->parts.budget)) {
		target->room = s3_plan_room(plan);
		log_warn("%s: parts of %" PRIu64 " MiB, as memory allows: "
			 "the store takes %" PRIu64 " MiB of possibly %" PRIu64,
			 target->object, plan->data_len >> 20,
			 target->room >> 20, max >> 20);
	}
	target->stats.chunk_size = plan->data_len;
	return 0;
}

static int s3_settled(struct target *target, uint64_t off, uint64_t len)
{
	struct s3_parts *parts = &s3_target(target)->parts;
	int ret = s3_parts_settled(parts, off, len);

	target->on_way = s3_parts_held(parts);
	return ret;
}

static int s3_write(struct target *target, uint64_t off, const void *buf,
		    size_t len)
{
	int ret = s3_parts_write(&s3_target(target)->parts, off, buf, len);

	if (!ret && target->layout == OBJECT_STREAM)
		ret = s3_settled(target, off, len);
	return ret;
}

static int put(struct s3_target *t, const struct s3_part *part, uint64_t size)
{
	size_t reached = 0;
	const struct s3_body body = {
		.method = "PUT",
		.data = part ? (const void *)part->buf : "",
		.len = size,
		.reached = &reached,
	};
	struct s3_conn *conn;
	int ret;

	ret = s3_link_request(&t->link, t->parts.url, &body, &conn);
	if (ret < 0)
		return refused(t, conn, ret);
	target_acked(&t->target, size);
	return 0;
}

/* The list of all parts, in their order; NULL: no memory. */
static char *part_list(const struct s3_parts *parts, size_t *len)
{
	char line[S3_PART_LINE_MAX], *ret = NULL;
	FILE *out = open_memstream(&ret, len);

	if (!out)
		return NULL;
	fputs("<CompleteMultipartUpload>\n", out);
	for (uint64_t i = 0; i < parts->last; i++)
		if (s3_part_line(line, i + 1, parts->etags[i]) > 0)
			fputs(line, out);
	fputs("</CompleteMultipartUpload>\n", out);
	if (ferror(out) | fclose(out)) {
		free(ret);
		return NULL;
	}
	return ret;
}

/* A Complete whose answer was lost is not one that has failed. */
static bool is_there(struct s3_target *t, uint64_t size)
{
	static const struct s3_body body = { .method = "HEAD", .data = "" };
	struct s3_conn *conn;

	return !s3_link_request(&t->link, t->parts.url, &body, &conn) &&
	       conn->reply.has_length && conn->reply.length == size;
}

static int complete(struct s3_target *t, uint64_t size)
{
	struct s3_body body = { .method = "POST" };
	uint64_t tries = t->target.stats.retries;
	struct s3_conn *conn = NULL;
	char url[S3_URL_MAX], *list;
	int ret;

	list = part_list(&t->parts, &body.len);
	if (!list) {
		log_err("%s: no memory for the list of parts",
			t->target.object);
		return -ENOMEM;
	}
	body.data = list;
	ret = s3_upload_url(url, t->parts.url, 0, t->parts.id);
	if (!ret)
		ret = s3_link_request(&t->link, url, &body, &conn);
	free(list);
	if (ret < 0 && conn && conn->status == 404 &&
	    t->target.stats.retries > tries && is_there(t, size))
		ret = 0;
	return ret < 0 ? refused(t, conn, ret) : 0;
}

static int s3_end(struct target *target, uint64_t size)
{
	struct s3_target *t = s3_target(target);
	const struct s3_part *only = s3_parts_only(&t->parts, size);
	int ret;

	if (only || !size) {
		ret = put(t, only, size);
	} else {
		ret = s3_parts_finish(&t->parts, size);
		if (!ret)
			ret = complete(t, size);
	}
	if (!ret)
		s3_parts_reset(&t->parts);
	else
		give_up(t);
	return ret;
}

static void s3_close(struct target *target)
{
	struct s3_target *t = s3_target(target);

	give_up(t);
	s3_link_close(&t->link);
	free(t);
}

static int s3_open(struct target **ret, const char *url,
		   const struct target_config *config, const char *session)
{
	struct s3_target *t = calloc(1, sizeof(*t) + strlen(url) + 1);
	int err;

	if (!t) {
		log_err("%.200s: no memory", url);
		return -ENOMEM;
	}
	memcpy(t->url, url, strlen(url) + 1);
	t->target.config = config;
	t->target.session = session;
	t->parts.link = &t->link;
	err = s3_link_open(&t->link, config, &t->target);
	if (err < 0) {
		s3_close(&t->target);
		return err;
	}
	*ret = &t->target;
	return 0;
}

const struct target_ops target_s3 = {
	.scheme = "s3",
	.in_order = true,
	.open = s3_open,
	.begin = s3_begin,
	.expect = s3_expect,
	.write = s3_write,
	.settled = s3_settled,
	.end = s3_end,
	.close = s3_close,
};
