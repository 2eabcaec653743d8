// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * https://HOST[:PORT]/PATH: tus 1.0.  The object's bytes, flattened for
 * OBJECT_RECORDS, collect in the one chunk buffer and leave it as the body of
 * a PATCH.  They stay in the buffer until the server has acknowledged them,
 * and no byte is kept longer: so whatever breaks, at most a chunk is sent
 * again.
 *
 * Every failed request is followed by a HEAD, and the transfer goes on from
 * the offset that the server returns.  A 204 may acknowledge less than was
 * sent; that is no failure, the rest follows.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "flat.h"
#include "io.h"
#include "log.h"
#include "target-https.h"

static uint64_t chunk_end(const struct https_target *t)
{
	return t->chunk_start + t->chunk_len;
}

/* Goes on from the offset of an answer to HEAD or PATCH. */
static int take_offset(struct https_target *t)
{
	const struct tus_reply *reply = &t->reply;

	if (!reply->has_offset)
		return https_protocol_error(t, "no Upload-Offset");
	if (reply->offset < t->chunk_start || reply->offset > t->reached) {
		log_err("%s: %s: Upload-Offset %" PRIu64 " is not in %" PRIu64
			"-%" PRIu64,
			https_name(t), t->why, reply->offset, t->chunk_start,
			t->reached);
		return -EPROTO;
	}
	t->pos = reply->offset;
	if (t->pos > t->acked) {
		target_acked(&t->target, t->pos - t->acked);
		t->acked = t->pos;
		retry_progress(&t->retry, now_ms());
	}
	if (!t->final || !reply->has_length)
		return 0;
	if (reply->length != chunk_end(t))
		return https_protocol_error(t, "wrong Upload-Length");
	t->finished = true;
	return 0;
}

static int ask_offset(struct https_target *t)
{
	int ret = https_ask(t, "HEAD");

	if (ret < 0)
		return ret;
	log_info("%s: going on at offset %" PRIu64, https_name(t),
		 t->reply.offset);
	return take_offset(t);
}

/* What the server lacks of the chunk, or as much as gets through. */
static size_t next_body(const struct https_target *t)
{
	uint64_t left = chunk_end(t) - t->pos;

	return left < t->body.max ? (size_t)left : t->body.max;
}

/* Whether a server with this answer wants the body at a later time. */
static bool put_off(long status)
{
	return status == 507 || status == 503 || status == 429;
}

static int send_body(struct https_target *t, size_t len)
{
	struct http_request request = {
		.method = "PATCH",
		.url = t->upload,
		.upload = true,
		.body = t->chunk + (t->pos - t->chunk_start),
		.body_len = len,
	};
	uint64_t length = TUS_LENGTH_UNKNOWN;
	uint8_t sum[DIGEST_LEN], *digest = NULL;

	if (t->final && !t->finished && t->pos + len == chunk_end(t))
		length = chunk_end(t);
	if (t->digest && len) {
		digest_update(t->digest, request.body, len);
		digest_final(t->digest, sum);
		digest = sum;
		request.whole = true;
	}
	request.headers = tus_patch_headers(t->pos, length, digest,
					    put_off(t->patch_status));
	return https_perform(t, &request);
}

/* 1: ask for the offset first. */
static int patch(struct https_target *t)
{
	uint64_t before = t->acked;
	size_t len = next_body(t);
	uint64_t end = t->pos + len;
	int ret = send_body(t, len);

	if (t->status == 413)
		ret = body_refused(&t->body, len) < 0 ? ret : 1;
	if (ret < 0)
		return https_refused(t, ret);
	if (ret > 0)
		return 1;
	ret = take_offset(t);
	if (ret < 0)
		return ret;
	if (t->pos == end) {
		body_taken(&t->body);
		if (t->final && end == chunk_end(t))
			t->finished = true;
		return 0;
	}
	/* Some of it at least: on with the rest, without a pause. */
	return t->acked > before && !t->final ? 0 : 1;
}

/* Finds out after a failed PATCH what the server has of it. */
static int recover(struct https_target *t)
{
	bool broken = !t->status && t->http.handed;
	uint64_t before = t->acked;
	size_t len = next_body(t);
	int ret = https_wait(t);

	if (!ret)
		ret = ask_offset(t);
	if (ret < 0)
		return ret;
	if (broken && t->acked == before)
		body_cut(&t->body, len);
	return 0;
}

/* Returns when the server has all of the chunk. */
static int send_chunk(struct https_target *t)
{
	size_t max = t->body.max;
	int ret;

	t->pos = t->chunk_start;
	retry_progress(&t->retry, now_ms());
	while (t->pos < chunk_end(t) || (t->final && !t->finished)) {
		ret = patch(t);
		if (ret > 0)
			ret = recover(t);
		if (ret < 0)
			return ret;
		if (t->body.max < max)
			log_notice("%s: %zu bytes at once do not get through, "
				   "now %zu",
				   https_name(t), max, t->body.max);
		max = t->body.max;
	}
	t->chunk_start = chunk_end(t);
	t->chunk_len = 0;
	return 0;
}

static int append(struct https_target *t, const void *buf, size_t len)
{
	const uint8_t *p = buf;
	int ret = 0;
	size_t n;

	for (; len && !ret; p += n, len -= n) {
		n = t->chunk_size - t->chunk_len;
		if (n > len)
			n = len;
		memcpy(t->chunk + t->chunk_len, p, n);
		t->chunk_len += n;
		if (t->chunk_len == t->chunk_size)
			ret = send_chunk(t);
	}
	return ret;
}

static int post(struct https_target *t)
{
	struct http_request request = { .method = "POST",
					.url = t->endpoint,
					.upload = true };
	const char *layout =
		t->target.layout == OBJECT_RECORDS ? "flat" : "stream";

	request.headers =
		tus_post_headers(t->target.session, t->target.object, layout);
	return https_perform(t, &request);
}

/* Sets *repeated when it took more than one POST. */
static int post_until_answered(struct https_target *t, bool *repeated)
{
	int ret;

	for (;;) {
		ret = post(t);
		if (ret == 0)
			break;
		if (t->status == 409)
			ret = -EEXIST;
		if (ret < 0)
			return https_refused(t, ret);
		ret = https_wait(t);
		if (ret < 0)
			return ret;
		*repeated = true;
	}
	ret = tus_resolve(t->upload, sizeof(t->upload), t->endpoint,
			  t->reply.location);
	if (ret == -EPROTO)
		return https_protocol_error(t, "no Location on this server");
	return ret;
}

/*
 * What an earlier try has left cannot be gone on with: its bytes are not made
 * a second time.  A server that does not know the object starts it at 0.
 */
static int start_over(struct https_target *t, bool *repeated)
{
	int ret = https_ask(t, "HEAD");

	if (ret < 0 || (t->reply.has_offset && !t->reply.offset))
		return ret;
	log_info("%s: removing what is there of it", https_name(t));
	ret = https_ask(t, "DELETE");
	return ret ? ret : post_until_answered(t, repeated);
}

/*
 * A POST whose answer was lost may have made the upload: so after a second
 * one, the offset is asked for instead of taken to be 0.
 */
static int create(struct https_target *t)
{
	const char *left = t->target.config->unfinished;
	bool repeated = false;
	int ret;

	ret = post_until_answered(t, &repeated);
	if (!ret && left && !strcmp(left, t->target.object))
		ret = start_over(t, &repeated);
	if (ret < 0)
		return ret;
	return repeated ? ask_offset(t) : 0;
}

static int https_begin(struct target *target)
{
	struct https_target *t = (struct https_target *)target;
	uint8_t header[FLAT_HEADER_LEN];
	int ret;

	t->chunk_len = 0;
	t->chunk_start = t->acked = t->pos = t->reached = 0;
	t->final = t->finished = false;
	t->patch_status = 0;
	retry_progress(&t->retry, now_ms());
	ret = create(t);
	if (ret < 0 || target->layout != OBJECT_RECORDS)
		return ret;
	flat_put_header(header);
	return append(t, header, sizeof(header));
}

static int https_write(struct target *target, uint64_t off, const void *buf,
		       size_t len)
{
	struct https_target *t = (struct https_target *)target;
	uint8_t record[FLAT_RECORD_LEN];
	const uint8_t *p = buf;
	int ret = 0;
	size_t n;

	if (target->layout == OBJECT_STREAM)
		return append(t, buf, len);
	for (; len && !ret; p += n, off += n, len -= n) {
		n = len < FLAT_RECORD_MAX ? len : FLAT_RECORD_MAX;
		flat_put_record(record, off, n);
		ret = append(t, record, sizeof(record));
		if (!ret)
			ret = append(t, p, n);
	}
	return ret;
}

static int https_end(struct target *target, uint64_t size)
{
	struct https_target *t = (struct https_target *)target;
	uint8_t record[FLAT_RECORD_LEN];
	int ret;

	(void)size; /* the length is that of the stream */
	if (target->layout == OBJECT_RECORDS) {
		flat_put_end(record);
		ret = append(t, record, sizeof(record));
		if (ret < 0)
			return ret;
	}
	t->final = true;
	return send_chunk(t);
}

/* What the server offers; one that does not say offers nothing more. */
static int probe(struct https_target *t)
{
	int ret;

	do {
		struct http_request request = { .method = "OPTIONS",
						.url = t->endpoint };

		request.headers = tus_head_headers();
		ret = https_perform(t, &request);
		if (t->status)
			break;
		if (ret < 0)
			return ret;
		ret = https_wait(t);
		if (ret < 0)
			return ret;
	} while (!t->status);
	if (ret || !t->reply.checksum || !t->reply.sha256) {
		log_warn("%s: this server checks no checksums", t->endpoint);
		return 0;
	}
	t->digest = digest_new();
	return t->digest ? 0 : -ENOMEM;
}

static void on_header(void *arg, const char *line, size_t len)
{
	struct https_target *t = arg;

	tus_parse_header(&t->reply, line, len);
}

static int open_http(struct https_target *t, const struct target_config *config)
{
	t->options = (struct http_options){
		.scheme = "https",
		.ca = config->ca,
		.cert = config->cert,
		.key = config->key,
		.addresses = config->addresses,
		.n_addresses = config->n_addresses,
		.deadline_ms = config->deadline_ms,
		.body_size = t->chunk_size,
		.on_header = on_header,
		.arg = t,
	};
	return http_open(&t->http, &t->options);
}

static void https_close(struct target *target)
{
	struct https_target *t = (struct https_target *)target;

	http_close(&t->http);
	digest_free(t->digest);
	if (t->chunk)
		munmap(t->chunk, t->chunk_size);
	free(t);
}

static int map_chunk(struct https_target *t, size_t size)
{
	t->chunk = map_zeros(size);
	if (!t->chunk) {
		log_err("%s: no memory for a chunk of %zu bytes", t->endpoint,
			size);
		return -ENOMEM;
	}
	t->chunk_size = t->target.stats.chunk_size = size;
	body_init(&t->body, size);
	return 0;
}

static void alive(void *target)
{
	target_alive(target);
}

static int https_open(struct target **ret, const char *url,
		      const struct target_config *config, const char *session)
{
	size_t size =
		config->chunk_size ? config->chunk_size : target_chunk_size();
	struct https_target *t = calloc(1, sizeof(*t));
	int err;

	if (!t) {
		log_err("%.200s: no memory", url);
		return -ENOMEM;
	}
	t->target.config = config;
	t->target.session = session;
	t->retry.deadline_ms = config->deadline_ms;
	t->retry.stall_ms = config->stall_ms;
	t->retry.patient = config->patient;
	t->retry.alive = alive;
	t->retry.arg = &t->target;
	retry_progress(&t->retry, now_ms());
	err = http_check_url(url, sizeof(t->endpoint));
	if (err < 0)
		goto err;
	memcpy(t->endpoint, url, strlen(url) + 1);
	err = map_chunk(t, size);
	if (!err)
		err = open_http(t, config);
	if (!err && config->chunk_checksum)
		err = probe(t);
	if (err < 0)
		goto err;
	*ret = &t->target;
	return 0;

err:
	https_close(&t->target);
	return err;
}

const struct target_ops target_https = {
	.scheme = "https",
	.open = https_open,
	.begin = https_begin,
	.write = https_write,
	.end = https_end,
	.close = https_close,
};
