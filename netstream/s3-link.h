/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signed requests to one store: over a few connections at a time, without a
 * thread, with libcurl's multi interface.  A request moves on whenever
 * s3_link_poll() is called.
 *
 * Requests are signed with the machine's clock, until the store's answers show
 * that it is wrong; then with the store's.
 */
#ifndef NETSTREAM_S3_LINK_H
#define NETSTREAM_S3_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"
#include "retry.h"
#include "s3.h"
#include "target.h"

#define S3_CONNECTIONS 4
#define S3_WHY_MAX 512

/* One connection, and the last request that it was used for. */
struct s3_conn {
	struct http http;
	struct http_request request;
	char url[S3_URL_MAX];
	void *owner; /* whose request it is; NULL: nobody's, it is free */
	size_t *reached; /* of the owner's body, by any try */
	/* When it is over: */
	struct s3_reply reply;
	long status; /* HTTP; 0: no answer */
	int verdict; /* 0: success; 1: worth another try; else -errno */
	char code[S3_CODE_MAX]; /* of an error; "" = none */
	char why[S3_WHY_MAX]; /* what is wrong, for the log */
};

struct s3_link {
	const struct target_config *config;
	struct target *target; /* whose figures these are */
	struct s3_credentials credentials;
	struct http_options options[S3_CONNECTIONS];
	struct s3_conn conns[S3_CONNECTIONS];
	size_t n_conns; /* made; others are when they are needed */
	size_t n_busy;
	CURLM *multi;
	char endpoint[S3_URL_MAX];
	char sigv4[80];
	struct retry retry;
	int64_t skew_s; /* the store's clock less the machine's */
	uint64_t polled_ms;
};

/*
 * Config and target must outlive the link.  -EINVAL for a setting, -ENOMEM;
 * logged.  s3_link_close() also takes what is half made, and cuts off requests.
 */
int s3_link_open(struct s3_link *link, const struct target_config *config,
		 struct target *target);
void s3_link_close(struct s3_link *link);

/* What is to be sent; it must stay until the request is over. */
struct s3_body {
	const char *method;
	const void *data; /* "" when there is none */
	size_t len;
	size_t *reached; /* how far tries have come; NULL: not counted */
};

/*
 * Starts a request: at most S3_CONNECTIONS may be on their way.  0 or a final
 * -errno (logged).
 */
int s3_link_start(struct s3_link *link, const char *url,
		  const struct s3_body *body, void *owner);

/*
 * Waits for up to so long for a request to be over.  *ret is its connection,
 * to be given back by s3_link_release(), or NULL.  0 or -EIO.
 */
int s3_link_poll(struct s3_link *link, int timeout_ms, struct s3_conn **ret);
void s3_link_release(struct s3_link *link, struct s3_conn *conn);

/*
 * A request until there is a final answer, while no other runs.  *ret is its
 * connection until the next request.  0, or the final -errno, which is logged
 * unless (*ret)->status has the answer that it comes from.
 */
int s3_link_request(struct s3_link *link, const char *url,
		    const struct s3_body *body, struct s3_conn **ret);

/* Cuts off all requests. */
void s3_link_cancel(struct s3_link *link);

/* Requests end by then, whatever the configuration says. */
void s3_link_set_deadline(struct s3_link *link, uint64_t deadline_ms);

#endif
