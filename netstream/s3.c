// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf.h"
#include "s3.h"

#define KEY(field)                              \
	.name = #field, .set = conf_set_string, \
	.off = offsetof(struct s3_credentials, field)

static const struct conf_key keys[] = {
	{ KEY(access_key), .max = 256 },
	{ KEY(secret_key), .max = 256 },
	{ KEY(session_token), .max = 8192 },
};

int s3_credentials_load(struct s3_credentials *credentials, const char *path)
{
	struct conf conf;
	int ret;

	*credentials = (struct s3_credentials){ 0 };
	conf_init(&conf, path, keys, sizeof(keys) / sizeof(keys[0]),
		  credentials);
	ret = conf_load_secret(&conf);
	if (!ret && (!credentials->access_key || !credentials->secret_key))
		ret = conf_lacks(&conf, credentials->access_key ? "secret_key"
								: "access_key");
	if (ret < 0)
		s3_credentials_free(credentials);
	return ret;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void s3_credentials_free(struct s3_credentials *credentials)
{
	wipe(credentials->access_key);
	wipe(credentials->secret_key);
	wipe(credentials->session_token);
	*credentials = (struct s3_credentials){ 0 };
}

/* What may stand in a URL as it is (RFC 3986, 2.3). */
static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

/* Behind the text that is in the buffer, with escapes but for those in keep. */
static int append(char *buf, size_t size, const char *text, const char *keep)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used = strlen(buf);

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (used + 4 > size)
			return -ENAMETOOLONG;
		if (is_unreserved(*text) || strchr(keep, *text)) {
			buf[used++] = *text;
		} else {
			buf[used++] = '%';
			buf[used++] = digits[c >> 4];
			buf[used++] = digits[c & 15];
		}
	}
	buf[used] = '\0';
	return 0;
}

int s3_url(char url[static S3_URL_MAX], const char *endpoint,
	   const char *target, const char *session, const char *object)
{
	static const char scheme[] = "s3://";
	const char *const parts[] = { target + sizeof(scheme) - 1, session,
				      object };
	size_t len = strlen(endpoint);
	int ret = 0;

	while (len && endpoint[len - 1] == '/')
		len--;
	if (len >= S3_URL_MAX)
		return -ENAMETOOLONG;
	memcpy(url, endpoint, len);
	url[len] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !ret; i++) {
		if (url[strlen(url) - 1] != '/')
			ret = append(url, S3_URL_MAX, "/", "/");
		if (!ret)
			ret = append(url, S3_URL_MAX, parts[i], "/");
	}
	return ret;
}

/* libcurl before 8.3 signs a query as it stands: it has to be sorted. */
int s3_upload_url(char url[static S3_URL_MAX], const char *object_url,
		  uint64_t part, const char *upload_id)
{
	int n;

	if (part)
		n = snprintf(url, S3_URL_MAX,
			     "%s?partNumber=%" PRIu64 "&uploadId=", object_url,
			     part);
	else
		n = snprintf(url, S3_URL_MAX, "%s?uploadId=", object_url);
	if (n < 0 || n >= S3_URL_MAX)
		return -ENAMETOOLONG;
	return append(url, S3_URL_MAX, upload_id, "");
}

struct curl_slist *s3_headers(const uint8_t sum[static DIGEST_LEN],
			      int64_t clock, const char *token)
{
	char line[sizeof("x-amz-content-sha256: ") + DIGEST_HEX_LEN];
	size_t skip = strlen("x-amz-content-sha256: ");
	struct curl_slist *headers;
	time_t when = (time_t)clock;
	char *token_line;
	struct tm tm;

	memcpy(line, "x-amz-content-sha256: ", skip);
	digest_hex(sum, line + skip);
	headers = http_headers(line);
	if (clock && gmtime_r(&when, &tm)) {
		strftime(line, sizeof(line), "X-Amz-Date: %Y%m%dT%H%M%SZ", &tm);
		headers = http_header(headers, line);
	}
	if (!token || !headers)
		return headers;
	if (asprintf(&token_line, "x-amz-security-token: %s", token) < 0) {
		curl_slist_free_all(headers);
		return NULL;
	}
	headers = http_header(headers, token_line);
	wipe(token_line);
	return headers;
}

void s3_parse_header(struct s3_reply *reply, const char *line, size_t len)
{
	struct http_field field;

	if (http_is_status(line, len))
		*reply = (struct s3_reply){ .has_length = false };
	if (!http_field_read(&field, line, len))
		return;
	http_retry_after_read(&reply->retry_after, &field);
	if (http_field_is(&field, "Content-Length")) {
		reply->has_length = http_field_number(&field, &reply->length);
	} else if (http_field_is(&field, "ETag")) {
		http_field_text(&field, reply->etag, sizeof(reply->etag));
	}
}

static const struct {
	const char *name;
	char c;
} entities[] = {
	{ "&amp;", '&' },  { "&lt;", '<' },    { "&gt;", '>' },
	{ "&quot;", '"' }, { "&apos;", '\'' }, { "&#34;", '"' },
};

#define N_ENTITIES (sizeof(entities) / sizeof(entities[0]))

/* How long the entity at p is, 0: none that is known. */
static size_t entity(const char *p, size_t len, char *c)
{
	for (size_t i = 0; i < N_ENTITIES; i++) {
		size_t n = strlen(entities[i].name);

		if (n <= len && !memcmp(p, entities[i].name, n)) {
			*c = entities[i].c;
			return n;
		}
	}
	return 0;
}

static int unescape(char *ret, size_t size, const char *p, size_t len)
{
	size_t used = 0, n;

	for (; len; p += n, len -= n) {
		char c = *p;

		n = 1;
		if (c == '&')
			n = entity(p, len, &c);
		if (!n || c < ' ' || c > '~')
			return -EBADMSG;
		if (used + 1 >= size)
			return -ENAMETOOLONG;
		ret[used++] = c;
	}
	ret[used] = '\0';
	return 0;
}

int s3_xml_text(char *ret, size_t size, const char *xml, size_t len,
		const char *name)
{
	const char *end = xml + len, *p = xml;
	size_t name_len = strlen(name);

	while ((p = memchr(p, '<', (size_t)(end - p)))) {
		const char *text, *stop;

		p++;
		if ((size_t)(end - p) <= name_len || memcmp(p, name, name_len))
			continue;
		text = p + name_len;
		if (*text++ != '>')
			continue;
		stop = memchr(text, '<', (size_t)(end - text));
		if (!stop)
			return -EBADMSG;
		return unescape(ret, size, text, (size_t)(stop - text));
	}
	return -ENOENT;
}

bool s3_is_error(const char *xml, size_t len)
{
	static const char tag[] = "<Error>";

	return memmem(xml, len, tag, sizeof(tag) - 1) != NULL;
}

int s3_part_line(char line[static S3_PART_LINE_MAX], uint64_t part,
		 const char *etag)
{
	char escaped[S3_ETAG_MAX * 6] = "";
	size_t used = 0;

	for (; *etag; etag++) {
		size_t i = 0;

		while (i < N_ENTITIES && entities[i].c != *etag)
			i++;
		used += (size_t)snprintf(escaped + used, sizeof(escaped) - used,
					 "%.*s", i < N_ENTITIES ? 6 : 1,
					 i < N_ENTITIES ? entities[i].name
							: etag);
		if (used >= sizeof(escaped))
			return -ENAMETOOLONG;
	}
	return snprintf(line, S3_PART_LINE_MAX,
			"<Part><PartNumber>%" PRIu64
			"</PartNumber><ETag>%s</ETag></Part>\n",
			part, escaped);
}

/* Codes whose status alone does not say what to do. */
static const struct {
	const char *code;
	int verdict;
} codes[] = {
	{ "RequestTimeout", 1 },
	{ "RequestTimeTooSkewed", 1 }, /* the clock is repaired then */
	{ "BadDigest", 1 }, /* damaged on the way */
	{ "XAmzContentSHA256Mismatch", 1 },
	{ "IncompleteBody", 1 },
	{ "OperationAborted", 1 },
	{ "SlowDown", 1 },
	{ "InternalError", 1 },
	{ "ServiceUnavailable", 1 },
	{ "QuotaExceeded", -ENOSPC },
	{ "EntityTooLarge", -EFBIG },
	{ "NotImplemented", -EPROTO },
};

int s3_status(long status, const char *code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(code, codes[i].code))
			return codes[i].verdict;
	if (*code && status < 300)
		return -EPROTO;
	switch (status) {
	case 200:
	case 204:
		return 0;
	case 408:
	case 409:
	case 429:
		return 1;
	case 401:
	case 403:
		return -EACCES;
	case 413:
		return -EFBIG;
	case 507:
		return -ENOSPC;
	default:
		return status >= 500 ? 1 : -EPROTO;
	}
}
