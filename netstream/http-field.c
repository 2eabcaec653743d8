// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

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

bool http_field_text(const struct http_field *field, char *buf, size_t size)
{
	if (field->value_len >= size)
		return false;
	memcpy(buf, field->value, field->value_len);
	buf[field->value_len] = '\0';
	return true;
}

bool http_field_date(const struct http_field *field, int64_t *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[sizeof("Sun, 06 Nov 1994 08:49:37 GMT")] = "", month[4] = "";
	const char *found;
	struct tm tm = { 0 };
	int end = 0;

	if (field->value_len != sizeof(text) - 1)
		return false;
	http_field_text(field, text, sizeof(text));
	sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
	       &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
	       &tm.tm_sec, &end);
	found = strstr(months, month);
	if (end != sizeof(text) - 1 || !found || (found - months) % 3)
		return false;
	tm.tm_mon = (int)(found - months) / 3;
	tm.tm_year -= 1900;
	*ret = timegm(&tm);
	return true;
}

void http_retry_after_read(struct http_retry_after *after,
			   const struct http_field *field)
{
	uint64_t v;

	if (http_field_is(field, "Date"))
		http_field_date(field, &after->date);
	if (!http_field_is(field, "Retry-After"))
		return;
	if (http_field_number(field, &v))
		after->delay_s = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
	else
		http_field_date(field, &after->at);
}

uint32_t http_retry_after_s(const struct http_retry_after *after)
{
	int64_t s = after->at - after->date;

	if (after->delay_s)
		return after->delay_s;
	if (!after->at || !after->date || s < 0)
		return 0;
	return s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
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
