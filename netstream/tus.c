// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "target.h"
#include "tus.h"

int tus_metadata(char *buf, size_t size, const char *session,
		 const char *object, const char *layout)
{
	char filename[2 * NAME_LEN_MAX + 2];
	const struct {
		const char *key, *value;
	} pairs[] = {
		{ "session", session },
		{ "object", object },
		{ "layout", layout },
		{ "filename", filename },
	};
	size_t used = 0;
	int n;

	n = snprintf(filename, sizeof(filename), "%s/%s", session, object);
	if (n < 0 || (size_t)n >= sizeof(filename))
		return -ENOSPC;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = strlen(pairs[i].value);

		/* Comma, key, space, value, NUL. */
		if (used + strlen(pairs[i].key) + BASE64_LEN(len) + 3 > size)
			return -ENOSPC;
		used += (size_t)snprintf(buf + used, size - used, "%s%s ",
					 i ? "," : "", pairs[i].key);
		used += base64(buf + used, pairs[i].value, len);
	}
	return 0;
}

void tus_checksum(char buf[static TUS_CHECKSUM_MAX],
		  const uint8_t sum[static DIGEST_LEN])
{
	_Static_assert(sizeof("sha256 ") + BASE64_LEN(DIGEST_LEN) <=
			       TUS_CHECKSUM_MAX,
		       "a checksum fits");

	memcpy(buf, "sha256 ", 7);
	base64(buf + 7, sum, DIGEST_LEN);
}

/* Without memory for one more, none are left. */
static struct curl_slist *add_header(struct curl_slist *headers,
				     const char *line)
{
	struct curl_slist *more = curl_slist_append(headers, line);

	if (!more)
		curl_slist_free_all(headers);
	return more;
}

static struct curl_slist *add_number(struct curl_slist *headers,
				     const char *name, uint64_t value)
{
	char line[64];

	snprintf(line, sizeof(line), "%s: %" PRIu64, name, value);
	return headers ? add_header(headers, line) : NULL;
}

struct curl_slist *tus_head_headers(void)
{
	return add_header(NULL, "Tus-Resumable: " TUS_VERSION);
}

/* Expect: 100-continue would cost a round trip, or a second of waiting. */
static struct curl_slist *upload_headers(void)
{
	struct curl_slist *headers = tus_head_headers();

	return headers ? add_header(headers, "Expect:") : NULL;
}

struct curl_slist *tus_post_headers(const char *session, const char *object,
				    const char *layout)
{
	char line[sizeof("Upload-Metadata: ") + TUS_METADATA_MAX];
	size_t skip = strlen("Upload-Metadata: ");
	struct curl_slist *headers;

	memcpy(line, "Upload-Metadata: ", skip);
	if (tus_metadata(line + skip, TUS_METADATA_MAX, session, object,
			 layout) < 0)
		return NULL;
	headers = upload_headers();
	if (headers)
		headers = add_header(headers, "Upload-Defer-Length: 1");
	return headers ? add_header(headers, line) : NULL;
}

struct curl_slist *tus_patch_headers(uint64_t off, uint64_t length,
				     const uint8_t *sum)
{
	char line[sizeof("Upload-Checksum: ") + TUS_CHECKSUM_MAX];
	size_t skip = strlen("Upload-Checksum: ");
	struct curl_slist *headers = upload_headers();

	if (headers)
		headers = add_header(
			headers,
			"Content-Type: application/offset+octet-stream");
	headers = add_number(headers, "Upload-Offset", off);
	if (length != TUS_LENGTH_UNKNOWN)
		headers = add_number(headers, "Upload-Length", length);
	if (!headers || !sum)
		return headers;
	memcpy(line, "Upload-Checksum: ", skip);
	tus_checksum(line + skip, sum);
	return add_header(headers, line);
}

/* Decimal digits and nothing else; false also for more than an off_t holds. */
static bool parse_number(const char *p, size_t len, uint64_t *ret)
{
	uint64_t v = 0;

	if (!len)
		return false;
	for (; len; p++, len--) {
		if (*p < '0' || *p > '9')
			return false;
		if (v > (INT64_MAX - (uint64_t)(*p - '0')) / 10)
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	*ret = v;
	return true;
}

/* Whether a comma-separated list has the word. */
static bool list_has(const char *p, size_t len, const char *word)
{
	const char *end = p + len;

	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *item_end = comma ? comma : end;

		while (p < item_end && (*p == ' ' || *p == '\t'))
			p++;
		len = (size_t)(item_end - p);
		while (len && (p[len - 1] == ' ' || p[len - 1] == '\t'))
			len--;
		if (len == strlen(word) && !strncasecmp(p, word, len))
			return true;
		p = item_end + 1;
	}
	return false;
}

static bool name_is(const char *line, size_t len, const char *name)
{
	return len == strlen(name) && !strncasecmp(line, name, len);
}

static void parse_field(struct tus_reply *reply, const char *name,
			size_t name_len, const char *value, size_t len)
{
	uint64_t v;

	if (name_is(name, name_len, "Upload-Offset")) {
		reply->has_offset = parse_number(value, len, &reply->offset);
	} else if (name_is(name, name_len, "Upload-Length")) {
		reply->has_length = parse_number(value, len, &reply->length);
	} else if (name_is(name, name_len, "Tus-Extension")) {
		reply->checksum = list_has(value, len, "checksum");
	} else if (name_is(name, name_len, "Tus-Checksum-Algorithm")) {
		reply->sha256 = list_has(value, len, "sha256");
	} else if (name_is(name, name_len, "Retry-After")) {
		/* The other form is a date; the clock here may be wrong. */
		if (parse_number(value, len, &v))
			reply->retry_after_s =
				v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
	} else if (name_is(name, name_len, "Location")) {
		if (len < sizeof(reply->location)) {
			memcpy(reply->location, value, len);
			reply->location[len] = '\0';
		}
	}
}

void tus_parse_header(struct tus_reply *reply, const char *line, size_t len)
{
	const char *colon, *value;

	if (len >= 5 && !memcmp(line, "HTTP/", 5)) {
		*reply = (struct tus_reply){ .has_offset = false };
		return;
	}
	colon = memchr(line, ':', len);
	if (!colon)
		return;
	value = colon + 1;
	len -= (size_t)(value - line);
	while (len && (*value == ' ' || *value == '\t')) {
		value++;
		len--;
	}
	while (len && strchr(" \t\r\n", value[len - 1]))
		len--;
	parse_field(reply, line, (size_t)(colon - line), value, len);
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part, unsigned int flags)
{
	char *x = NULL, *y = NULL;
	bool same;

	curl_url_get(a, part, &x, flags);
	curl_url_get(b, part, &y, flags);
	same = x && y ? !strcasecmp(x, y) : x == y;
	curl_free(x);
	curl_free(y);
	return same;
}

/* Copies one part, which may be missing. */
static int copy_part(CURLU *to, CURLU *from, CURLUPart part)
{
	char *value = NULL;
	CURLUcode rc;

	curl_url_get(from, part, &value, 0);
	rc = curl_url_set(to, part, value, 0);
	curl_free(value);
	return rc ? -EPROTO : 0;
}

int tus_resolve(char *url, size_t size, const char *endpoint,
		const char *location)
{
	CURLU *base = curl_url(), *upload = curl_url();
	char *text = NULL;
	int ret = -EPROTO;

	if (!base || !upload) {
		ret = -ENOMEM;
		goto out;
	}
	if (!*location || curl_url_set(base, CURLUPART_URL, endpoint, 0) ||
	    curl_url_set(upload, CURLUPART_URL, endpoint, 0) ||
	    curl_url_set(upload, CURLUPART_URL, location, 0))
		goto out;
	if (!same_part(base, upload, CURLUPART_HOST, 0) ||
	    !same_part(base, upload, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT))
		goto out;
	if (copy_part(base, upload, CURLUPART_PATH) < 0 ||
	    copy_part(base, upload, CURLUPART_QUERY) < 0 ||
	    curl_url_get(base, CURLUPART_URL, &text, 0))
		goto out;
	if (strlen(text) >= size)
		goto out;
	memcpy(url, text, strlen(text) + 1);
	ret = 0;
out:
	curl_free(text);
	curl_url_cleanup(upload);
	curl_url_cleanup(base);
	return ret;
}

void tus_text(char text[static TUS_TEXT_MAX + 1], const char *body, size_t len)
{
	size_t n = 0;

	for (; len && n < TUS_TEXT_MAX; body++, len--) {
		if (*body == '\r' || *body == '\n')
			break;
		text[n++] = *body >= ' ' && *body <= '~' ? *body : '?';
	}
	text[n] = '\0';
}

int tus_status(long status)
{
	switch (status) {
	case 200:
	case 201:
	case 204:
		return 0;
	case 408: /* request timeout */
	case 409: /* wrong offset */
	case 423: /* another connection holds the upload */
	case 429: /* too many requests */
	case TUS_STATUS_CHECKSUM_MISMATCH:
		return 1;
	case 401:
	case 403:
		return -EACCES;
	case 413:
		return -EFBIG;
	default:
		return status >= 500 ? 1 : -EPROTO;
	}
}
