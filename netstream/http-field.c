// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <strings.h>

#include "http-field.h"

bool http_is_status(const char *line, size_t len)
{
	return len >= 5 && !memcmp(line, "HTTP/", 5);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool http_field_read(struct http_field *field, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	const char *value;

	if (!colon || http_is_status(line, len))
		return false;
	value = colon + 1;
	len -= (size_t)(value - line);
	while (len && is_blank(*value)) {
		value++;
		len--;
	}
	while (len && strchr(" \t\r\n", value[len - 1]))
		len--;
	*field = (struct http_field){
		.name = line,
		.name_len = (size_t)(colon - line),
		.value = value,
		.value_len = len,
	};
	return true;
}

static bool is_word(const char *p, size_t len, const char *word)
{
	return len == strlen(word) && !strncasecmp(p, word, len);
}

bool http_field_is(const struct http_field *field, const char *name)
{
	return is_word(field->name, field->name_len, name);
}

bool http_field_lists(const struct http_field *field, const char *word)
{
	const char *p = field->value, *end = p + field->value_len;

	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *item_end = comma ? comma : end;
		size_t len;

		while (p < item_end && is_blank(*p))
			p++;
		len = (size_t)(item_end - p);
		while (len && is_blank(p[len - 1]))
			len--;
		if (is_word(p, len, word))
			return true;
		p = item_end + 1;
	}
	return false;
}

bool http_field_number(const struct http_field *field, uint64_t *ret)
{
	const char *p = field->value;
	size_t len = field->value_len;
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

uint32_t http_field_delay(const struct http_field *field)
{
	uint64_t v;

	if (!http_field_number(field, &v))
		return 0;
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

struct curl_slist *http_headers(const char *line)
{
	return curl_slist_append(NULL, line);
}

struct curl_slist *http_header(struct curl_slist *headers, const char *line)
{
	struct curl_slist *more;

	if (!headers)
		return NULL;
	more = curl_slist_append(headers, line);
	if (!more)
		curl_slist_free_all(headers);
	return more;
}
