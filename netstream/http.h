/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTPS request at a time over one kept-alive connection of libcurl:
 * TLS 1.3, one CA, a client certificate or none, no proxy, no redirects.  A
 * body is read from the caller's memory, without a copy of its own.  What an
 * answer means is for the transport to know.
 */
#ifndef NETSTREAM_HTTP_H
#define NETSTREAM_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

/* More of an answer's body is read and dropped. */
#define HTTP_ANSWER_MAX 4096
#define HTTP_ADDRESS_MAX 64 /* numeric */

struct target_address;

/* Everything is borrowed and must outlive the connection. */
struct http_options {
	const char *scheme; /* of the target, for the log */
	const char *ca; /* PEM file of the only trusted CA */
	const char *cert, *key; /* PEM files; NULL: no client certificate */
	const struct target_address
		*addresses; /* for who cannot be looked up */
	size_t n_addresses;
	uint64_t deadline_ms; /* ends a request; 0 = none */
	size_t body_size; /* of the largest requests */
	/*
	 * Gets each line of an answer's head, with its CR LF.  A status line
	 * begins an answer; an interim one (100) may come before it.
	 */
	void (*on_header)(void *arg, const char *line, size_t len);
	void *arg;
};

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
	const struct http_options *options;
	char address[HTTP_ADDRESS_MAX]; /* that the last answer came from */
	struct curl_slist *resolved; /* libcurl keeps a pointer to it */
	uint64_t silence_ms; /* ends a request when nothing moves so long */
	/* About the last request: */
	char answer[HTTP_ANSWER_MAX]; /* the start of its body */
	size_t answer_len;
	char error[CURL_ERROR_SIZE]; /* why there is no answer */
	bool known; /* the host could not be looked up, the next try may work */
	bool broke_off; /* a connection was there and has broken */
	unsigned int rewinds; /* libcurl has sent it again by itself */
	uint64_t handed; /* bytes of the body given to the connection, */
	size_t reached; /* ... the furthest of them, */
	uint64_t moved_ms; /* ... and when something moved last */
	/* While it runs: */
	const struct http_request *request;
	size_t pos;
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
int http_open(struct http *http, const struct http_options *options);
void http_close(struct http *http);

/*
 * A host name that cannot be looked up has the address of the last answer and
 * those of the options.  The status of the answer; -EAGAIN: the connection
 * failed and another try makes sense; else a final -errno: -EACCES the
 * server's certificate is not good, -EINVAL a file or the URL is not, -ENOMEM.
 * Does not log.
 */
int http_perform(struct http *http, const struct http_request *request);

/*
 * The same in two halves, for who runs several at a time with libcurl's multi
 * interface in between: 0 or -EINVAL, and what http_perform() returns.
 */
int http_prepare(struct http *http, const struct http_request *request);
int http_finish(struct http *http, CURLcode rc);

#endif
