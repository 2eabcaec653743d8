// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capture/json.h"

static void flush(struct json *json)
{
	if (!json->err && json->len)
		json->err = json->sink(json->arg, json->buf, json->len);
	json->len = 0;
}

static void put(struct json *json, const char *text, size_t len)
{
	while (len) {
		size_t n = sizeof(json->buf) - json->len;

		if (n > len)
			n = len;
		memcpy(json->buf + json->len, text, n);
		json->len += n;
		text += n;
		len -= n;
		if (json->len == sizeof(json->buf))
			flush(json);
	}
}

static void put_text(struct json *json, const char *text)
{
	put(json, text, strlen(text));
}

/*
 * Bytes of the UTF-8 sequence at p, 0 when it is not one: cut short, longer
 * than needed, a surrogate or beyond U+10FFFF.  The string ends in a NUL,
 * which is no continuation byte, so nothing is read behind it.
 */
static size_t utf8_len(const unsigned char *p)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;

	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

static void put_string(struct json *json, const char *value)
{
	const unsigned char *p = (const unsigned char *)value;
	char escape[8];

	put_text(json, "\"");
	while (*p) {
		size_t len = utf8_len(p);

		if (len == 0) {
			put_text(json, "\xef\xbf\xbd");
			len = 1;
		} else if (*p == '"' || *p == '\\') {
			put(json, "\\", 1);
			put(json, (const char *)p, 1);
		} else if (*p < 0x20 || *p == 0x7f) {
			snprintf(escape, sizeof(escape), "\\u%04x", *p);
			put_text(json, escape);
		} else {
			put(json, (const char *)p, len);
		}
		p += len;
	}
	put_text(json, "\"");
}

/* What stands in front of a value: comma, new line, indent, key. */
static void put_key(struct json *json, const char *key)
{
	if (json->depth) {
		put_text(json, json->first ? "\n" : ",\n");
		for (unsigned int i = 0; i < json->depth; i++)
			put_text(json, "  ");
	}
	json->first = false;
	if (key) {
		put_string(json, key);
		put_text(json, ": ");
	}
}

static void open_level(struct json *json, const char *key, const char *opener,
		       char closer)
{
	put_key(json, key);
	put_text(json, opener);
	if (json->depth == JSON_DEPTH_MAX) {
		json->err = json->err ? json->err : -E2BIG;
		return;
	}
	json->closers[json->depth++] = closer;
	json->first = true;
}

void json_init(struct json *json, json_sink sink, void *arg)
{
	json->sink = sink;
	json->arg = arg;
	json->err = 0;
	json->len = 0;
	json->depth = 0;
	json->first = true;
}

void json_object(struct json *json, const char *key)
{
	open_level(json, key, "{", '}');
}

void json_array(struct json *json, const char *key)
{
	open_level(json, key, "[", ']');
}

void json_close(struct json *json)
{
	if (json->depth == 0)
		return;
	json->depth--;
	if (!json->first) {
		put_text(json, "\n");
		for (unsigned int i = 0; i < json->depth; i++)
			put_text(json, "  ");
	}
	put(json, &json->closers[json->depth], 1);
	json->first = false;
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
	char digits[24];

	put_key(json, key);
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	put_text(json, digits);
}

void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	put_text(json, value ? "true" : "false");
}

void json_string(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	if (value)
		put_string(json, value);
	else
		put_text(json, "null");
}

int json_finish(struct json *json)
{
	while (json->depth)
		json_close(json);
	put_text(json, "\n");
	flush(json);
	return json->err;
}
