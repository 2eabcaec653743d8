// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "netstream/collector/call.h"
#include "netstream/collector/request.h"
#include "netstream/collector/session.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define TOUCH_MS 1000
#define WHO_MAX (CALL_PEER_MAX + sizeof(struct object_name) + 8)

static void name_peer(struct call *call)
{
	const union MHD_ConnectionInfo *info;
	const struct sockaddr *addr = NULL;
	socklen_t len;

	info = MHD_get_connection_info(call->connection,
				       MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info)
		addr = info->client_addr;
	len = addr && addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						  : sizeof(struct sockaddr_in);
	if (!addr || getnameinfo(addr, len, call->peer, sizeof(call->peer),
				 NULL, 0, NI_NUMERICHOST))
		snprintf(call->peer, sizeof(call->peer), "unknown");
}

struct call *call_new(struct tus *tus, struct MHD_Connection *connection)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->tus = tus;
	call->connection = connection;
	call->session = call->dir = -1;
	name_peer(call);
	return call;
}

void call_release(struct call *call)
{
	if (call->spool_opened)
		spool_close(&call->spool);
	if (call->upload_opened)
		upload_close(&call->upload);
	if (call->dir >= 0)
		close(call->dir);
	if (call->session >= 0)
		close(call->session);
	store_unpromise(call->tus->store, call->promised);
	hold_release(&call->tus->holds, call->hold);
	call->spool_opened = call->upload_opened = false;
	call->dir = call->session = -1;
	call->promised = 0;
	call->hold = NULL;
}

void call_free(struct call *call)
{
	if (!call)
		return;
	call_release(call);
	free(call);
}

const char *call_header(const struct call *call, const char *name)
{
	return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND,
					   name);
}

/* Only checked names: nothing in here can break a line or a terminal. */
static const char *who(const struct call *call, char buf[static WHO_MAX])
{
	const struct object_name *name = &call->name;

	snprintf(buf, WHO_MAX, "%s%s%s%s%s%s%s", call->peer,
		 name->client[0] ? " " : "", name->client,
		 name->session[0] ? "/" : "", name->session,
		 name->object[0] ? "/" : "", name->object);
	return buf;
}

void call_log(const struct call *call, const char *fmt, ...)
{
	char buf[WHO_MAX], text[CALL_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_notice("%s: %s", who(call, buf), text);
}

void call_refuse(struct call *call, unsigned int status, const char *fmt, ...)
{
	char buf[WHO_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(call->text, sizeof(call->text), fmt, ap);
	va_end(ap);
	call->status = status;
	log_warn("%s: %s refused with %u: %s", who(call, buf),
		 call->method ? call->method->name : "request", status,
		 call->text);
}

void call_answer(struct call *call, unsigned int status, const char *text)
{
	snprintf(call->text, sizeof(call->text), "%s", text);
	call->status = status;
}

void call_fail(struct call *call, int err, const char *what)
{
	switch (err) {
	case -ENOENT:
		call_refuse(call, 404, "no such upload");
		break;
	case -ESTALE:
		call_refuse(call, 410,
			    "its session has ended without the rest");
		break;
	case -EEXIST:
		call_refuse(call, 409, "it exists already");
		break;
	case -ENOTDIR:
	case -ELOOP:
		call_refuse(call, 409, "its name is taken");
		break;
	case -ENOSPC:
	case -EDQUOT:
		call_refuse(call, 507, "%s: the store is full", what);
		break;
	case -EBADMSG:
		call_refuse(call, 400, "%s: malformed record", what);
		break;
	case -EFBIG:
		call_refuse(call, 413, "%s: larger than max_object", what);
		break;
	default:
		call_refuse(call, 500, "%s: %s", what, strerror(-err));
	}
}

bool call_promise(struct call *call, uint64_t need)
{
	int ret = store_promise(call->tus->store, need);

	if (!ret)
		call->promised = need;
	else
		call_fail(call, ret, "reserve");
	return !ret;
}

void call_spooled(struct call *call, size_t len)
{
	store_unpromise(call->tus->store, len);
	call->promised -= len;
}

void call_touch(struct call *call)
{
	uint64_t now = now_ms();

	/* While a body arrives this is asked for each piece of it. */
	if (now - call->touched_ms < TOUCH_MS)
		return;
	call->touched_ms = now;
	session_touch(call->session);
	admission_seen(&call->tus->admission, &call->name);
}

bool call_open_upload(struct call *call, bool may_be_cut)
{
	const union MHD_ConnectionInfo *info;
	const char *leaf;
	int ret;

	info = MHD_get_connection_info(call->connection,
				       MHD_CONNECTION_INFO_CONNECTION_FD);
	ret = hold_take(&call->tus->holds, &call->name,
			may_be_cut && info ? info->connect_fd : -1,
			&call->hold);
	if (ret == -ETIMEDOUT) {
		call_refuse(call, 423, "another request works on it");
		return false;
	}
	if (ret < 0)
		goto err;
	ret = store_session(call->tus->store, &call->name, false, NULL);
	if (ret < 0)
		goto err;
	call->session = ret;
	ret = store_object(call->session, &call->name, false, &leaf);
	if (ret < 0)
		goto err;
	call->dir = ret;
	ret = upload_open(&call->upload, call->dir, leaf);
	if (ret < 0)
		goto err;
	call->upload_opened = true;
	if (!store_session_complete(call->session)) {
		call_touch(call);
	} else if (!call->upload.complete) {
		/* Nothing is added to a session that has ended. */
		ret = -ESTALE;
		goto err;
	}
	return true;

err:
	call_fail(call, ret, "open");
	return false;
}

void call_finished(struct call *call)
{
	const struct upload *upload = &call->upload;
	uint64_t now = (uint64_t)time(NULL), start = upload->state.created;
	struct store_total total;

	call_log(call, "stored, %" PRIu64 " bytes, %" PRIu64 " s", upload->size,
		 now > start ? now - start : 0);
	if (strcmp(call->name.object, STORE_MANIFEST))
		return;
	admission_end(&call->tus->admission, &call->name);
	store_session_clean(call->session, &total);
	log_notice("%s %s/%s: session complete, %u objects, %" PRIu64 " bytes",
		   call->peer, call->name.client, call->name.session,
		   total.n_objects, total.size);
}

static void add(struct MHD_Response *response, const char *name,
		const char *value)
{
	MHD_add_response_header(response, name, value);
}

static void add_number(struct MHD_Response *response, const char *name,
		       uint64_t v)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, v);
	add(response, name, buf);
}

/* As the client gave it; there is none once its session is complete. */
static void add_metadata(const struct call *call, struct MHD_Response *response)
{
	char text[STATE_METADATA_MAX + 1];

	if (call->upload.state_fd >= 0 &&
	    !state_get_metadata(call->upload.state_fd, text) && text[0])
		add(response, "Upload-Metadata", text);
}

static void add_headers(const struct call *call, struct MHD_Response *response)
{
	const struct state *state = &call->upload.state;
	char buf[sizeof(REQUEST_ROOT) + sizeof(struct object_name) + 4];

	add(response, "Tus-Resumable", TUS_VERSION);
	add(response, "Cache-Control", "no-store");
	if (call->show_offset) {
		add_number(response, "Upload-Offset", state->offset);
		if (state->length_known)
			add_number(response, "Upload-Length", state->length);
		else
			add(response, "Upload-Defer-Length", "1");
	}
	if (call->show_metadata)
		add_metadata(call, response);
	if (call->show_location) {
		snprintf(buf, sizeof(buf), REQUEST_ROOT "/%s/%s/%s",
			 call->name.client, call->name.session,
			 call->name.object);
		add(response, "Location", buf);
	}
	switch (call->status) {
	case 405:
		add(response, "Allow", "OPTIONS, POST, HEAD, PATCH, DELETE");
		break;
	case 412:
		add(response, "Tus-Version", TUS_VERSION);
		break;
	case 503:
		/* Who waits must not keep a connection from who does not. */
		add(response, "Connection", "close");
		/* fall through */
	case 423:
		add_number(response, "Retry-After",
			   call->retry_s ? call->retry_s : 2);
		break;
	case 507:
		add(response, "Retry-After", "10");
		break;
	}
}

enum MHD_Result call_reply(struct call *call)
{
	struct MHD_Response *response;
	char body[CALL_TEXT_MAX + 2];
	enum MHD_Result ret;
	int len = 0;

	if (call->text[0])
		len = snprintf(body, sizeof(body), "%s\n", call->text);
	response = MHD_create_response_from_buffer((size_t)len, body,
						   MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	if (len)
		add(response, "Content-Type", "text/plain");
	add_headers(call, response);
	if (!strcmp(call->method ? call->method->name : "", "OPTIONS"))
		tus_describe(call->tus, response);
	/* The next request must not wait until this answer is sent. */
	call_release(call);
	call->replied = true;
	ret = MHD_queue_response(call->connection, call->status, response);
	MHD_destroy_response(response);
	return ret;
}
