// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "netstream/collector/patch.h"
#include "netstream/collector/request.h"
#include "netstream/log.h"

#define CONTENT_TYPE "application/offset+octet-stream"
/* tus: the checksum does not match */
#define HTTP_CHECKSUM_MISMATCH 460

/* The headers that can be judged without the upload. */
static bool read_headers(struct call *call, uint64_t *offset)
{
	const char *type = call_header(call, "Content-Type");
	const char *at = call_header(call, "Upload-Offset");
	const char *sum = call_header(call, "Upload-Checksum");
	const char *length = call_header(call, "Upload-Length");

	if (!type || strcmp(type, CONTENT_TYPE))
		call_refuse(call, 415, "Content-Type is not " CONTENT_TYPE);
	else if (!at || request_number(at, offset) < 0)
		call_refuse(call, 400, "Upload-Offset is not a number");
	else if (sum && request_checksum(sum, call->sum) < 0)
		call_refuse(call, 400, "Upload-Checksum is not sha256");
	else if (length && request_number(length, &call->length) < 0)
		call_refuse(call, 400, "Upload-Length is not a number");
	call->has_sum = sum;
	call->has_length = length;
	return !call->status;
}

static bool check_length(struct call *call)
{
	const struct state *state = &call->upload.state;
	uint64_t end = state->offset + call->body_len;

	if (state->length_known && call->has_length &&
	    state->length != call->length)
		call_refuse(call, 400, "Upload-Length was %" PRIu64 " before",
			    state->length);
	else if (call->has_length && call->length < state->offset)
		call_refuse(call, 400, "Upload-Length is below the offset");
	else if (state->length_known || call->has_length) {
		if (end > (call->has_length ? call->length : state->length))
			call_refuse(call, 413, "more bytes than Upload-Length");
	}
	return !call->status;
}

void patch_begin(struct call *call)
{
	const struct state *state = &call->upload.state;
	uint64_t offset;
	int ret;

	if (!read_headers(call, &offset) || !call_open_upload(call, true))
		return;
	call->show_offset = true;
	if (offset != state->offset) {
		call_refuse(call, 409,
			    "Upload-Offset is %" PRIu64 ", not %" PRIu64,
			    state->offset, offset);
		return;
	}
	if (!check_length(call))
		return;
	if (call->upload.complete) {
		/* The answer to the last PATCH was lost: it is sent again. */
		call->status = 204;
		return;
	}
	/* Twice: in the spool, and in the object. */
	if (!call_promise(call, 2 * call->body_len))
		return;
	ret = spool_open(&call->spool, call->dir, state,
			 call->tus->config->max_object, call->has_sum);
	if (ret < 0)
		call_fail(call, ret, "spool");
	else
		call->spool_opened = true;
}

void patch_data(struct call *call, const void *buf, size_t len)
{
	int ret = spool_write(&call->spool, buf, len);

	if (ret == 0) {
		call_touch(call);
		call_spooled(call, len);
		return;
	}
	call_fail(call, ret, "receive");
	/* The rest of the body is not wanted; others may go on. */
	call_release(call);
}

static bool checksum_ok(struct call *call)
{
	uint8_t sum[DIGEST_LEN];

	if (!call->has_sum)
		return true;
	digest_final(call->spool.digest, sum);
	if (!memcmp(sum, call->sum, DIGEST_LEN))
		return true;
	call_refuse(call, HTTP_CHECKSUM_MISMATCH,
		    "checksum mismatch at offset %" PRIu64,
		    call->upload.state.offset);
	return false;
}

/* A flattened object that ends without its end mark is not one. */
static bool may_end(struct call *call)
{
	const struct state *state = &call->spool.trial;
	uint64_t length = call->has_length ? call->length : state->length;

	if (!call->has_length && !state->length_known)
		return true;
	if (state->layout != LAYOUT_FLAT || state->offset < length ||
	    flat_finished(&state->reader))
		return true;
	call_refuse(call, 400, "no end mark at the end of the records");
	return false;
}

void patch_end(struct call *call)
{
	int ret;

	if (call->spool.len != call->body_len) {
		call_refuse(call, 400, "body is not as long as Content-Length");
		return;
	}
	if (!checksum_ok(call) || !may_end(call))
		return;
	hold_keep(&call->tus->holds, call->hold);
	ret = upload_apply(&call->upload, &call->spool,
			   call->has_length ? &call->length : NULL);
	if (ret < 0) {
		call_fail(call, ret, "write");
		return;
	}
	if (call->upload.complete)
		call_finished(call);
	call->status = 204;
}

void patch_abort(struct call *call)
{
	uint64_t len = call->spool.len;
	int ret;

	if (call->status || !call->spool_opened)
		return;
	hold_keep(&call->tus->holds, call->hold);
	if (call->has_sum || !len) {
		call_log(call, "connection lost at offset %" PRIu64,
			 call->upload.state.offset);
		return;
	}
	if (!may_end(call))
		return;
	/* A length that came with this request is not taken from it. */
	ret = upload_apply(&call->upload, &call->spool, NULL);
	if (ret < 0) {
		call_fail(call, ret, "write");
		return;
	}
	call_log(call, "connection lost, kept up to offset %" PRIu64,
		 call->upload.state.offset);
	if (call->upload.complete)
		call_finished(call);
}
