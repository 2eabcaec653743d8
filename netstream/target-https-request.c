// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "io.h"
#include "log.h"
#include "target-https.h"

const char *https_name(const struct https_target *t)
{
	return t->target.object[0] ? t->target.object : t->endpoint;
}

/* Every byte that leaves is either new or counted as sent again. */
static void count_sent(struct https_target *t)
{
	uint64_t end = t->pos + t->http.reached;
	uint64_t fresh = 0;

	if (!t->http.handed)
		return;
	if (end > t->reached) {
		fresh = end - t->reached;
		t->reached = end;
		t->retry.progress_ms = t->http.moved_ms;
	}
	t->target.stats.retries += t->http.rewinds;
	t->target.stats.sent += t->http.handed;
	t->target.stats.resent += t->http.handed - fresh;
}

int https_perform(struct https_target *t, struct http_request *request)
{
	char text[TUS_TEXT_MAX + 1];
	int ret;

	t->status = 0;
	t->reply = (struct tus_reply){ .has_offset = false };
	if (!request->headers) {
		log_err("%s: no memory", https_name(t));
		return -ENOMEM;
	}
	t->http.silence_ms = retry_silence_ms(&t->retry, now_ms());
	ret = http_perform(&t->http, request);
	curl_slist_free_all(request->headers);
	count_sent(t);
	if (ret == -EAGAIN) {
		bool no_cert = t->http.broke_off && !t->answered;

		snprintf(t->why, sizeof(t->why), "%s: %s%s", request->method,
			 t->http.error,
			 no_cert ? " (is the client certificate what this "
				   "server wants?)"
				 : "");
		return 1;
	}
	if (ret < 0) {
		log_err("%s: %s: %s", https_name(t), request->method,
			t->http.error);
		return ret;
	}
	t->answered = true;
	t->status = ret;
	if (!strcmp(request->method, "PATCH"))
		t->patch_status = ret;
	tus_text(text, t->http.answer, t->http.answer_len);
	snprintf(t->why, sizeof(t->why), "%s: HTTP %d%s%s", request->method,
		 ret, text[0] ? ": " : "", text);
	return tus_status(ret);
}

int https_refused(const struct https_target *t, int ret)
{
	if (t->status)
		log_err("%s: refused: %s", https_name(t), t->why);
	return ret;
}

int https_wait(struct https_target *t)
{
	uint32_t asked_s = http_retry_after_s(&t->reply.retry_after);
	int ret;

	t->retry.full = t->status == 507;
	ret = retry_wait(&t->retry, asked_s, https_name(t), t->why);
	if (ret < 0)
		return t->patch_status == 507 ? -ENOSPC : ret;
	if (t->retry.patient)
		target_alive(&t->target);
	t->target.stats.retries++;
	return 0;
}

int https_protocol_error(const struct https_target *t, const char *what)
{
	log_err("%s: %s: %s", https_name(t), t->why, what);
	return -EPROTO;
}

static bool is_gone(const struct https_target *t, const char *method)
{
	return (t->status == 404 || t->status == 410) &&
	       !strcmp(method, "DELETE");
}

int https_ask(struct https_target *t, const char *method)
{
	int ret;

	for (;;) {
		struct http_request request = { .method = method,
						.url = t->upload };

		request.headers = tus_head_headers();
		ret = https_perform(t, &request);
		if (ret == 0 || is_gone(t, method))
			return 0;
		if (ret < 0)
			return https_refused(t, ret);
		ret = https_wait(t);
		if (ret < 0)
			return ret;
	}
}
