/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire of S3 (Amazon S3 API Reference, 2006-03-01) as stores of many kinds
 * have it: URLs, headers, what answers say.  libcurl signs the requests
 * (CURLOPT_AWS_SIGV4).  Nothing here sends.
 *
 *	PUT    KEY				a small object
 *	POST   KEY?uploads=			begins a multipart upload
 *	PUT    KEY?partNumber=N&uploadId=ID	a part, again as often as needed
 *	POST   KEY?uploadId=ID			completes it
 *	DELETE KEY?uploadId=ID			or gives it up
 */
#ifndef NETSTREAM_S3_H
#define NETSTREAM_S3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "digest.h"
#include "http-field.h"

#define S3_URL_MAX 2048
#define S3_ID_MAX 512 /* of an upload; stores use 32-130 bytes */
#define S3_ETAG_MAX 80 /* quotes and a digest in hex */
#define S3_CODE_MAX 64 /* of an error */
#define S3_MESSAGE_MAX 200
#define S3_PARTS_DEFAULT 10000 /* of an upload, Amazon's and Ceph's limit */
#define S3_PART_MIN (5U << 20) /* but for the last part */
#define S3_SKEW_MAX_S 240 /* stores refuse clocks that are 900 s off */

/* On the heap; the token is NULL unless the keys are temporary. */
struct s3_credentials {
	char *access_key;
	char *secret_key;
	char *session_token;
};

/*
 * Lines "access_key", "secret_key" and "session_token" of a file that only its
 * owner can read.  -EINVAL, -ENOENT, -ENOMEM: logged without what is in it.
 */
int s3_credentials_load(struct s3_credentials *credentials, const char *path);
void s3_credentials_free(struct s3_credentials *credentials);

/*
 * The URL of an object: target is s3://BUCKET[/PREFIX], endpoint has no path.
 * -ENAMETOOLONG.
 */
int s3_url(char url[static S3_URL_MAX], const char *endpoint,
	   const char *target, const char *session, const char *object);
/* The same with a query; part is 0 for none.  -ENAMETOOLONG. */
int s3_upload_url(char url[static S3_URL_MAX], const char *object_url,
		  uint64_t part, const char *upload_id);

/*
 * Request headers, to be freed by the caller; NULL means out of memory.
 * The sum is that of the body; the store refuses a body that has another.
 * Clock is the time to sign with, 0: the machine's; token may be NULL.
 */
struct curl_slist *s3_headers(const uint8_t sum[static DIGEST_LEN],
			      int64_t clock, const char *token);

/* What the head of an answer says. */
struct s3_reply {
	struct http_retry_after retry_after; /* and the store's clock */
	bool has_length;
	uint64_t length;
	char etag[S3_ETAG_MAX]; /* with its quotes; "" = none, or too long */
};

/* Takes one line; a status line starts a new reply. */
void s3_parse_header(struct s3_reply *reply, const char *line, size_t len);

/*
 * The text of the first element with this name, entities replaced.  -ENOENT:
 * there is none; -ENAMETOOLONG; -EBADMSG for what is not text.
 */
int s3_xml_text(char *ret, size_t size, const char *xml, size_t len,
		const char *name);

/* Whether a body is an error, which may come with status 200. */
bool s3_is_error(const char *xml, size_t len);

/* A line of the body of Complete. */
#define S3_PART_LINE_MAX (S3_ETAG_MAX * 6 + 80)
int s3_part_line(char line[static S3_PART_LINE_MAX], uint64_t part,
		 const char *etag);

/*
 * 0: success; 1: worth another try; else the final -errno of a refusal.  Code
 * is that of the error, "" without one.
 */
int s3_status(long status, const char *code);

#endif
