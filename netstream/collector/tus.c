// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "netstream/collector/call.h"
#include "netstream/collector/cond.h"
#include "netstream/collector/identity.h"
#include "netstream/collector/patch.h"
#include "netstream/collector/request.h"
#include "netstream/collector/tus.h"
#include "netstream/log.h"

/* As much of a refused body is read to keep the answer from getting lost. */
#define DROP_MAX (64ULL << 20)

#define WAITING "max_sessions are being received"

static void options_end(struct call *call)
{
	call->status = 204;
}

void tus_describe(const struct tus *tus, struct MHD_Response *response)
{
	char size[24];

	snprintf(size, sizeof(size), "%" PRIu64, tus->config->max_object);
	MHD_add_response_header(response, "Tus-Version", TUS_VERSION);
	MHD_add_response_header(response, "Tus-Extension",
				"creation,creation-defer-length,termination,"
				"checksum");
	MHD_add_response_header(response, "Tus-Checksum-Algorithm", "sha256");
	MHD_add_response_header(response, "Tus-Max-Size", size);
}

static void head_end(struct call *call)
{
	if (!call_open_upload(call, false))
		return;
	call->show_offset = call->show_metadata = true;
	call->status = 200;
}

static void delete_end(struct call *call)
{
	int ret;

	if (!call_open_upload(call, false))
		return;
	if (call->upload.complete) {
		call_refuse(call, 403, "it is complete");
		return;
	}
	ret = upload_remove(&call->upload);
	if (ret < 0) {
		call_fail(call, ret, "remove");
		return;
	}
	call_log(call, "removed by the client at offset %" PRIu64,
		 call->upload.state.offset);
	call->status = 204;
}

/* Which object a POST is about; the namespace comes from the certificate. */
static bool post_headers(struct call *call, enum layout *layout)
{
	const char *metadata = call_header(call, "Upload-Metadata");
	const char *defer = call_header(call, "Upload-Defer-Length");
	const char *length = call_header(call, "Upload-Length");

	if (!metadata || request_metadata(metadata, &call->name, layout) < 0)
		call_refuse(call, 400, "Upload-Metadata names no object");
	else if (strlen(metadata) > STATE_METADATA_MAX)
		call_refuse(call, 400, "Upload-Metadata is longer than %d",
			    STATE_METADATA_MAX);
	else if (!defer == !length || (defer && strcmp(defer, "1")))
		call_refuse(call, 400,
			    "Upload-Length or Upload-Defer-Length: 1");
	else if (length && request_number(length, &call->length) < 0)
		call_refuse(call, 400, "Upload-Length is not a number");
	else if (length && *layout == LAYOUT_FLAT && !call->length)
		call_refuse(call, 400, "flattened, but without a header");
	else if (length && *layout == LAYOUT_STREAM &&
		 call->length > call->tus->config->max_object)
		call_refuse(call, 413, "Upload-Length is above max_object");
	call->has_length = length;
	return !call->status;
}

/* Makes the directories; false when it has refused. */
static bool post_place(struct call *call, const char **leaf)
{
	bool started = false;
	int ret;

	ret = store_session(call->tus->store, &call->name, true, &started);
	if (ret < 0)
		goto err;
	call->session = ret;
	if (started)
		log_notice("%s %s/%s: session started", call->peer,
			   call->name.client, call->name.session);
	if (store_session_complete(call->session)) {
		call_refuse(call, 409, "the session is complete");
		return false;
	}
	call_touch(call);
	ret = store_object(call->session, &call->name, true, leaf);
	if (ret < 0)
		goto err;
	call->dir = ret;
	return true;

err:
	call_fail(call, ret, "create");
	return false;
}

/* A session that exists is served; a new one only if there is a seat. */
static bool post_admit(struct call *call)
{
	int dir = store_session(call->tus->store, &call->name, false, NULL);
	enum admission_answer answer;

	if (dir >= 0) {
		close(dir);
		return true;
	}
	answer = admission_start(&call->tus->admission, &call->name);
	if (answer == ADMISSION_SEATED)
		return true;
	call->retry_s = ADMISSION_RETRY_S;
	if (answer == ADMISSION_WAITS)
		call_refuse(call, 503, WAITING);
	else
		call_answer(call, 503, WAITING);
	return false;
}

static void post_end(struct call *call)
{
	enum layout layout;
	const char *leaf;
	int ret;

	if (!post_headers(call, &layout) || !post_admit(call))
		return;
	ret = hold_take(&call->tus->holds, &call->name, -1, &call->hold);
	if (ret == -ETIMEDOUT) {
		call_refuse(call, 423, "another request works on it");
		return;
	}
	if (ret < 0) {
		call_fail(call, ret, "create");
		return;
	}
	if (!call_promise(call, 0) || !post_place(call, &leaf))
		return;
	ret = upload_create(&call->upload, call->dir, leaf, layout,
			    call->has_length ? &call->length : NULL,
			    call_header(call, "Upload-Metadata"));
	if (ret < 0) {
		call_fail(call, ret, "create");
		return;
	}
	call->upload_opened = true;
	if (call->upload.complete)
		call_finished(call);
	call->show_location = true;
	call->status = 201;
}

static const struct method methods[] = {
	{ "OPTIONS", NULL, NULL, options_end },
	{ "POST", NULL, NULL, post_end },
	{ "HEAD", NULL, NULL, head_end },
	{ "PATCH", patch_begin, patch_data, patch_end },
	{ "DELETE", NULL, NULL, delete_end },
	{ NULL, NULL, NULL, NULL },
};

static bool identify(struct call *call)
{
	const union MHD_ConnectionInfo *info;
	const char *why = "no TLS";

	info = MHD_get_connection_info(call->connection,
				       MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info && info->tls_session &&
	    !identity_client(info->tls_session, call->name.client, &why))
		return true;
	call->name.client[0] = '\0';
	call_refuse(call, 403, "%s", why);
	return false;
}

static void check_body(struct call *call)
{
	const char *len = call_header(call, "Content-Length");

	if (call_header(call, "Transfer-Encoding"))
		call_refuse(call, 411, "Content-Length is required");
	else if (len && request_number(len, &call->body_len) < 0)
		call_refuse(call, 400, "Content-Length is not a number");
	else if (call->method->data && !len)
		call_refuse(call, 411, "Content-Length is required");
	else if (!call->method->data && call->body_len)
		call_refuse(call, 400, "a body is not expected");
	else if (call->body_len > call->tus->config->max_chunk)
		call_refuse(call, 413, "body is larger than max_chunk");
}

/* The URL of a creation is the root, all others name an object. */
static void check_url(struct call *call, const char *url)
{
	struct object_name name;

	if (call->method->end == options_end)
		return;
	if (call->method->end == post_end) {
		if (strcmp(url, REQUEST_ROOT) && strcmp(url, REQUEST_ROOT "/"))
			call_refuse(call, 404, "POST goes to " REQUEST_ROOT);
		return;
	}
	if (request_path(url, &name) < 0)
		call_refuse(call, 404, "no such upload");
	else if (strcmp(name.client, call->name.client))
		call_refuse(call, 403, "it belongs to another client");
	else
		call->name = name;
}

static void check_version(struct call *call)
{
	const char *version = call_header(call, "Tus-Resumable");

	if (call->method->end == options_end)
		return;
	if (!version || strcmp(version, TUS_VERSION))
		call_refuse(call, 412, "Tus-Resumable is not " TUS_VERSION);
}

static bool is_stopping(struct tus *tus)
{
	bool stopping;

	pthread_mutex_lock(&tus->lock);
	stopping = tus->stopping;
	pthread_mutex_unlock(&tus->lock);
	return stopping;
}

/* Everything that can be refused before the body is read. */
static void begin(struct call *call, const char *url, const char *method)
{
	const struct method *m = methods;

	while (m->name && strcmp(m->name, method))
		m++;
	if (m->name)
		call->method = m;
	if (!identify(call))
		return;
	if (is_stopping(call->tus)) {
		call_refuse(call, 503, "the server is stopping");
		return;
	}
	if (!call->method) {
		call_refuse(call, 405, "method is not allowed");
		return;
	}
	check_body(call);
	if (!call->status)
		check_version(call);
	if (!call->status)
		check_url(call, url);
	if (!call->status && m->begin)
		m->begin(call);
}

/*
 * A refusal may be sent at once, and the connection closed; but then a client
 * that is still sending may lose the answer in a reset.  So the body of a
 * known client is read to its end and dropped, unless the client waits for a
 * word before it sends.
 */
static bool answer_at_once(const struct call *call)
{
	if (!call->status)
		return false;
	return !call->name.client[0] || !call->method ||
	       call_header(call, "Expect") ||
	       call_header(call, "Transfer-Encoding") ||
	       call->body_len > DROP_MAX;
}

enum MHD_Result tus_handle(void *cls, struct MHD_Connection *connection,
			   const char *url, const char *method,
			   const char *version, const char *data,
			   size_t *data_len, void **context)
{
	struct call *call = *context;
	struct tus *tus = cls;

	(void)version;
	if (!call) {
		call = call_new(tus, connection);
		if (!call)
			return MHD_NO;
		*context = call;
		pthread_mutex_lock(&tus->lock);
		tus->n_calls++;
		pthread_mutex_unlock(&tus->lock);
		begin(call, url, method);
		if (call->status)
			call_release(call);
		return answer_at_once(call) ? call_reply(call) : MHD_YES;
	}
	if (*data_len) {
		if (!call->status && call->method->data)
			call->method->data(call, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	if (!call->status)
		call->method->end(call);
	return call_reply(call);
}

void tus_completed(void *cls, struct MHD_Connection *connection, void **context,
		   enum MHD_RequestTerminationCode code)
{
	struct call *call = *context;
	struct tus *tus = cls;

	(void)connection, (void)code;
	if (!call)
		return;
	*context = NULL;
	if (!call->replied)
		patch_abort(call);
	call_free(call);
	pthread_mutex_lock(&tus->lock);
	tus->n_calls--;
	pthread_cond_broadcast(&tus->idle);
	pthread_mutex_unlock(&tus->lock);
}

int tus_init(struct tus *tus, const struct config *config, struct store *store)
{
	int ret;

	*tus = (struct tus){ .config = config, .store = store };
	admission_init(&tus->admission, config->max_sessions,
		       config->stall_timeout);
	admission_load(&tus->admission, store->fd);
	pthread_mutex_init(&tus->lock, NULL);
	ret = cond_init(&tus->idle);
	return ret < 0 ? ret : holds_init(&tus->holds);
}

void tus_destroy(struct tus *tus)
{
	holds_destroy(&tus->holds);
	admission_destroy(&tus->admission);
	pthread_cond_destroy(&tus->idle);
	pthread_mutex_destroy(&tus->lock);
}

void tus_drain(struct tus *tus, unsigned int seconds)
{
	struct timespec until = cond_time(seconds);
	int ret = 0;

	pthread_mutex_lock(&tus->lock);
	tus->stopping = true;
	while (tus->n_calls && !ret)
		ret = pthread_cond_timedwait(&tus->idle, &tus->lock, &until);
	pthread_mutex_unlock(&tus->lock);
}
