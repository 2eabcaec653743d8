// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io.h"
#include "log.h"
#include "s3-link.h"

#define POLL_MS 500
/* Nobody has asked libcurl to go on for so long: that is not the store's. */
#define GAP_MS 200

static const char *name(const struct s3_link *link)
{
	return link->target->object[0] ? link->target->object : link->endpoint;
}

static void on_header(void *arg, const char *line, size_t len)
{
	struct s3_conn *conn = arg;

	s3_parse_header(&conn->reply, line, len);
}

static int open_conn(struct s3_link *link)
{
	const struct target_config *config = link->config;
	struct http_options *options = &link->options[link->n_conns];
	struct s3_conn *conn = &link->conns[link->n_conns++];
	CURL *curl;
	int ret;

	*options = (struct http_options){
		.scheme = "s3",
		.ca = config->s3_ca ? config->s3_ca : config->ca,
		.addresses = config->addresses,
		.n_addresses = config->n_addresses,
		.deadline_ms = config->deadline_ms,
		.body_size = S3_PART_MIN,
		.on_header = on_header,
		.arg = conn,
	};
	ret = http_open(&conn->http, options);
	if (ret < 0)
		return ret;
	curl = conn->http.curl;
	if (curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, link->sigv4) ||
	    curl_easy_setopt(curl, CURLOPT_USERNAME,
			     link->credentials.access_key) ||
	    curl_easy_setopt(curl, CURLOPT_PASSWORD,
			     link->credentials.secret_key) ||
	    curl_easy_setopt(curl, CURLOPT_PRIVATE, conn)) {
		log_err("s3: this libcurl cannot sign requests");
		return -EINVAL;
	}
	return 0;
}

static int set_endpoint(struct s3_link *link)
{
	const struct target_config *config = link->config;
	const char *region =
		config->s3_region ? config->s3_region : "us-east-1";

	if (config->s3_endpoint)
		snprintf(link->endpoint, sizeof(link->endpoint), "%s",
			 config->s3_endpoint);
	else
		snprintf(link->endpoint, sizeof(link->endpoint),
			 "https://s3.%s.amazonaws.com", region);
	snprintf(link->sigv4, sizeof(link->sigv4), "aws:amz:%s:s3", region);
	return http_check_url(link->endpoint, S3_URL_MAX / 2);
}

static void alive(void *target)
{
	target_alive(target);
}

int s3_link_open(struct s3_link *link, const struct target_config *config,
		 struct target *target)
{
	int ret;

	link->config = config;
	link->target = target;
	link->retry = (struct retry){
		.deadline_ms = config->deadline_ms,
		.stall_ms = config->stall_ms,
		.alive = alive,
		.arg = target,
	};
	retry_progress(&link->retry, now_ms());
	ret = set_endpoint(link);
	if (ret < 0)
		return ret;
	if (!config->s3_credentials) {
		log_err("s3: no credentials given");
		return -EINVAL;
	}
	ret = s3_credentials_load(&link->credentials, config->s3_credentials);
	if (!ret)
		ret = open_conn(link);
	if (ret < 0)
		return ret;
	link->multi = curl_multi_init();
	if (!link->multi) {
		log_err("s3: libcurl does not start");
		return -ENOMEM;
	}
	curl_multi_setopt(link->multi, CURLMOPT_MAXCONNECTS,
			  (long)S3_CONNECTIONS);
	return 0;
}

void s3_link_release(struct s3_link *link, struct s3_conn *conn)
{
	curl_multi_remove_handle(link->multi, conn->http.curl);
	curl_slist_free_all(conn->request.headers);
	conn->request.headers = NULL;
	conn->owner = NULL;
	link->n_busy--;
}

void s3_link_cancel(struct s3_link *link)
{
	for (size_t i = 0; i < link->n_conns; i++)
		if (link->conns[i].owner)
			s3_link_release(link, &link->conns[i]);
}

void s3_link_close(struct s3_link *link)
{
	s3_link_cancel(link);
	for (size_t i = 0; i < link->n_conns; i++)
		http_close(&link->conns[i].http);
	if (link->multi)
		curl_multi_cleanup(link->multi);
	s3_credentials_free(&link->credentials);
}

void s3_link_set_deadline(struct s3_link *link, uint64_t deadline_ms)
{
	link->retry.deadline_ms = deadline_ms;
	for (size_t i = 0; i < S3_CONNECTIONS; i++)
		link->options[i].deadline_ms = deadline_ms;
}

static struct s3_conn *free_conn(struct s3_link *link)
{
	for (size_t i = 0; i < link->n_conns; i++)
		if (!link->conns[i].owner)
			return &link->conns[i];
	if (link->n_conns == S3_CONNECTIONS || open_conn(link) < 0)
		return NULL;
	return &link->conns[link->n_conns - 1];
}

static struct curl_slist *sign(const struct s3_link *link,
			       const struct s3_body *body)
{
	int64_t clock = link->skew_s ? (int64_t)time(NULL) + link->skew_s : 0;
	struct digest *digest = digest_new();
	uint8_t sum[DIGEST_LEN];

	if (!digest)
		return NULL;
	digest_update(digest, body->data, body->len);
	digest_final(digest, sum);
	digest_free(digest);
	return s3_headers(sum, clock, link->credentials.session_token);
}

int s3_link_start(struct s3_link *link, const char *url,
		  const struct s3_body *body, void *owner)
{
	struct s3_conn *conn = free_conn(link);
	int ret;

	if (!conn) {
		log_err("%s: no connection", name(link));
		return -ENOMEM;
	}
	conn->reply = (struct s3_reply){ .has_length = false };
	snprintf(conn->url, sizeof(conn->url), "%s", url);
	conn->request = (struct http_request){
		.method = body->method,
		.url = conn->url,
		.headers = sign(link, body),
		.upload = !strcmp(body->method, "PUT") ||
			  !strcmp(body->method, "POST"),
		.whole = true, /* half a part counts for nothing */
		.body = body->data,
		.body_len = body->len,
	};
	if (!conn->request.headers) {
		log_err("%s: no memory", name(link));
		return -ENOMEM;
	}
	conn->http.silence_ms = retry_silence_ms(&link->retry, now_ms());
	ret = http_prepare(&conn->http, &conn->request);
	if (!ret && curl_multi_add_handle(link->multi, conn->http.curl))
		ret = -ENOMEM;
	if (ret < 0) {
		log_err("%s: %s: %s", name(link), body->method,
			conn->http.error);
		curl_slist_free_all(conn->request.headers);
		return ret;
	}
	conn->owner = owner;
	conn->reached = body->reached;
	if (!link->n_busy++)
		link->polled_ms = now_ms();
	return 0;
}

/* Only a store that we know by its certificate gets here. */
static void repair_clock(struct s3_link *link, struct s3_conn *conn)
{
	int64_t date = conn->reply.retry_after.date;
	int64_t skew = date - (int64_t)time(NULL);
	int64_t change = skew - link->skew_s;

	if (!date || (conn->status != 403 && conn->status != 400) ||
	    (change < S3_SKEW_MAX_S && change > -S3_SKEW_MAX_S))
		return;
	log_warn("the clock is %" PRId64 " s %s: going by the store's",
		 skew < 0 ? -skew : skew, skew < 0 ? "ahead" : "behind");
	link->skew_s = skew;
	conn->verdict = 1;
}

/* What the answer means. */
static void judge(struct s3_link *link, struct s3_conn *conn, int ret)
{
	const struct http *http = &conn->http;
	const char *method = conn->request.method;
	char message[S3_MESSAGE_MAX] = "";

	conn->status = ret > 0 ? ret : 0;
	conn->code[0] = '\0';
	if (ret <= 0) {
		conn->verdict = ret == -EAGAIN ? 1 : ret;
		snprintf(conn->why, sizeof(conn->why), "%s: %s", method,
			 http->error);
		return;
	}
	if (ret >= 300 || s3_is_error(http->answer, http->answer_len)) {
		s3_xml_text(conn->code, sizeof(conn->code), http->answer,
			    http->answer_len, "Code");
		s3_xml_text(message, sizeof(message), http->answer,
			    http->answer_len, "Message");
	}
	conn->verdict = s3_status(conn->status, conn->code);
	snprintf(conn->why, sizeof(conn->why), "%s: HTTP %d%s%s%s%s", method,
		 ret, conn->code[0] ? " " : "", conn->code,
		 message[0] ? ": " : "", message);
	repair_clock(link, conn);
}

/* Every byte that left is either new or counted as sent again. */
static void count(struct s3_link *link, struct s3_conn *conn)
{
	struct target_stats *stats = &link->target->stats;
	size_t fresh = conn->http.reached;

	if (conn->reached) {
		size_t before = *conn->reached;

		fresh = fresh > before ? fresh - before : 0;
		*conn->reached += fresh;
	}
	stats->sent += conn->http.handed;
	stats->resent += conn->http.handed - fresh;
	stats->retries += conn->http.rewinds;
}

/* A request that is over. */
static struct s3_conn *take_done(struct s3_link *link)
{
	struct s3_conn *conn = NULL;
	struct CURLMsg *msg;
	CURLcode rc;
	int left;

	do {
		msg = curl_multi_info_read(link->multi, &left);
		if (!msg)
			return NULL;
	} while (msg->msg != CURLMSG_DONE);
	rc = msg->data.result;
	curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&conn);
	judge(link, conn, http_finish(&conn->http, rc));
	count(link, conn);
	return conn;
}

/* What of the wait was ours is no silence of the store. */
static void excuse_gap(struct s3_link *link)
{
	uint64_t now = now_ms(), gap = now - link->polled_ms;

	link->polled_ms = now;
	if (gap < GAP_MS)
		return;
	link->retry.progress_ms += gap;
	if (link->retry.progress_ms > now)
		link->retry.progress_ms = now;
	for (size_t i = 0; i < link->n_conns; i++)
		if (link->conns[i].owner)
			link->conns[i].http.moved_ms += gap;
}

/* Bytes that move are progress, though no part is acknowledged yet. */
static void see_progress(struct s3_link *link)
{
	for (size_t i = 0; i < link->n_conns; i++) {
		const struct s3_conn *conn = &link->conns[i];

		if (conn->owner && conn->reached &&
		    conn->http.reached > *conn->reached &&
		    conn->http.moved_ms > link->retry.progress_ms) {
			link->retry.progress_ms = conn->http.moved_ms;
			target_alive(link->target);
		}
	}
}

int s3_link_poll(struct s3_link *link, int timeout_ms, struct s3_conn **ret)
{
	int running;

	*ret = NULL;
	if (link->n_busy)
		excuse_gap(link);
	if (curl_multi_perform(link->multi, &running))
		return -EIO;
	*ret = take_done(link);
	if (!*ret && timeout_ms) {
		if (curl_multi_poll(link->multi, NULL, 0, timeout_ms, NULL) ||
		    curl_multi_perform(link->multi, &running))
			return -EIO;
		*ret = take_done(link);
	}
	see_progress(link);
	link->polled_ms = now_ms();
	return 0;
}

int s3_link_request(struct s3_link *link, const char *url,
		    const struct s3_body *body, struct s3_conn **ret)
{
	int err;

	*ret = NULL;
	retry_progress(&link->retry, now_ms());
	for (;;) {
		err = s3_link_start(link, url, body, link);
		if (err < 0)
			return err;
		do
			err = s3_link_poll(link, POLL_MS, ret);
		while (!err && !*ret);
		if (err < 0)
			return err;
		s3_link_release(link, *ret);
		if ((*ret)->verdict < 0 && !(*ret)->status)
			log_err("%s: %s", name(link), (*ret)->why);
		if ((*ret)->verdict <= 0)
			return (*ret)->verdict;
		link->target->stats.retries++;
		err = retry_wait(&link->retry,
				 http_retry_after_s(&(*ret)->reply.retry_after),
				 name(link), (*ret)->why);
		if (err < 0)
			break;
	}
	(*ret)->status = 0; /* logged already */
	return err;
}
