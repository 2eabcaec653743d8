/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTPS request at a time over one kept-alive connection of libcurl:
 * TLS 1.3, one CA, one client certificate, no proxy, no redirects.  A body is
 * read from the caller's memory, without a copy of its own.
 */
#ifndef NETSTREAM_HTTP_H
#define NETSTREAM_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "target.h"
#include "tus.h"

struct http_request {
	const char *method;
	const char *url;
	struct curl_slist *headers;
	bool upload; /* has a body, which may be empty */
	bool whole; /* part of the body counts for nothing at the server */
	const uint8_t *body;
	size_t body_len;
};

struct http {
	CURL *curl;
	uint64_t deadline_ms; /* ends a request; 0 = none */
	uint64_t silence_ms; /* so does nothing moving for that long */
	/* About the last request: */
	struct tus_reply reply;
	char text[TUS_TEXT_MAX + 1]; /* first line of the answer's body */
	char error[CURL_ERROR_SIZE]; /* why there is no answer */
	bool broke_off; /* a connection was there and has broken */
	unsigned int rewinds; /* libcurl has sent it again by itself */
	uint64_t handed; /* bytes of the body given to the connection, */
	size_t reached; /* ... the furthest of them, */
	uint64_t moved_ms; /* ... and when something moved last */
	/* While it runs: */
	const struct http_request *request;
	size_t pos;
	char body[TUS_TEXT_MAX];
	size_t body_len;
};

/*
 * -EINVAL, logged: not an https:// URL shorter than max, or one that holds a
 * user name, which must not get into logs.
 */
int http_check_url(const char *url, size_t max);

/*
 * Logs the reason.  -EINVAL: a file is missing, or others may read the key.
 * http_close() also takes what http_open() has left half made.
 */
int http_open(struct http *http, const struct target_config *config,
	      size_t chunk_size);
void http_close(struct http *http);

/*
 * The status of the answer; -EAGAIN: the connection failed and another try
 * makes sense; else a final -errno: -EACCES the server's certificate is not
 * good, -EINVAL a file or the URL is not, -ENOMEM.  Does not log.
 */
int http_perform(struct http *http, const struct http_request *request);

#endif
