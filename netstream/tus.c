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

static struct curl_slist *add_number(struct curl_slist *headers,
				     const char *name, uint64_t value)
{
	char line[64];

	snprintf(line, sizeof(line), "%s: %" PRIu64, name, value);
	return http_header(headers, line);
}

struct curl_slist *tus_head_headers(void)
{
	return http_headers("Tus-Resumable: " TUS_VERSION);
}

/* Expect: 100-continue costs a round trip, or a wait for who does not know it. */
static struct curl_slist *upload_headers(bool ask_first)
{
	return http_header(tus_head_headers(),
			   ask_first ? "Expect: 100-continue" : "Expect:");
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
	headers = http_header(upload_headers(false), "Upload-Defer-Length: 1");
	return http_header(headers, line);
}

struct curl_slist *tus_patch_headers(uint64_t off, uint64_t length,
				     const uint8_t *sum, bool ask_first)
{
	char line[sizeof("Upload-Checksum: ") + TUS_CHECKSUM_MAX];
	size_t skip = strlen("Upload-Checksum: ");
	struct curl_slist *headers = upload_headers(ask_first);

	headers = http_header(headers,
			      "Content-Type: application/offset+octet-stream");
	headers = add_number(headers, "Upload-Offset", off);
	if (length != TUS_LENGTH_UNKNOWN)
		headers = add_number(headers, "Upload-Length", length);
	if (!sum)
		return headers;
	memcpy(line, "Upload-Checksum: ", skip);
	tus_checksum(line + skip, sum);
	return http_header(headers, line);
}

void tus_parse_header(struct tus_reply *reply, const char *line, size_t len)
{
	struct http_field field;

	if (http_is_status(line, len))
		*reply = (struct tus_reply){ .has_offset = false };
	if (!http_field_read(&field, line, len))
		return;
	http_retry_after_read(&reply->retry_after, &field);
	if (http_field_is(&field, "Upload-Offset")) {
		reply->has_offset = http_field_number(&field, &reply->offset);
	} else if (http_field_is(&field, "Upload-Length")) {
		reply->has_length = http_field_number(&field, &reply->length);
	} else if (http_field_is(&field, "Tus-Extension")) {
		reply->checksum = http_field_lists(&field, "checksum");
	} else if (http_field_is(&field, "Tus-Checksum-Algorithm")) {
		reply->sha256 = http_field_lists(&field, "sha256");
	} else if (http_field_is(&field, "Location")) {
		http_field_text(&field, reply->location,
				sizeof(reply->location));
	}
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
