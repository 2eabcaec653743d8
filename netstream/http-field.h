/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header fields of HTTP (RFC 9110), as libcurl gives and takes them: what the
 * transports that are made of HTTP have in common.  Nothing here sends.
 */
#ifndef NETSTREAM_HTTP_FIELD_H
#define NETSTREAM_HTTP_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

/* Points into the line it was read from. */
struct http_field {
	const char *name;
	size_t name_len;
	const char *value; /* without the blanks around it */
	size_t value_len;
};

/* Whether the line is the status line that an answer begins with. */
bool http_is_status(const char *line, size_t len);

/* One line of an answer's head, with or without CR LF; false: not a field. */
bool http_field_read(struct http_field *field, const char *line, size_t len);

bool http_field_is(const struct http_field *field, const char *name);

/* Whether a value that is a comma-separated list has the word. */
bool http_field_lists(const struct http_field *field, const char *word);

/* Decimal digits and nothing else; false also for more than an off_t holds. */
bool http_field_number(const struct http_field *field, uint64_t *ret);

/* The value and a NUL; false, and buf as it was, when it does not fit. */
bool http_field_text(const struct http_field *field, char *buf, size_t size);

/* Seconds since 1970 of a date like "Sun, 06 Nov 1994 08:49:37 GMT". */
bool http_field_date(const struct http_field *field, int64_t *ret);

/* How long an answer says to wait; zeroed where an answer begins. */
struct http_retry_after {
	uint32_t delay_s; /* Retry-After: 120 */
	int64_t at; /* Retry-After: a date, on the server's clock ... */
	int64_t date; /* ... and Date, since the clock here may be wrong */
};

/* Takes what the field says about it, if anything. */
void http_retry_after_read(struct http_retry_after *after,
			   const struct http_field *field);

/* Seconds from the answer on; 0 = it does not say. */
uint32_t http_retry_after_s(const struct http_retry_after *after);

/*
 * A request header more.  NULL for the list is a list that memory was too
 * short for, and stays so; to begin one, http_headers().
 */
struct curl_slist *http_headers(const char *line);
struct curl_slist *http_header(struct curl_slist *headers, const char *line);

#endif
