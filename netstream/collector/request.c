// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "netstream/collector/request.h"

int request_number(const char *text, uint64_t *ret)
{
	uint64_t v = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = (unsigned char)*text - '0';

		if (digit > 9 || v > ((uint64_t)INT64_MAX - digit) / 10)
			return -EINVAL;
		v = v * 10 + digit;
	}
	*ret = v;
	return 0;
}

/* The component up to the next slash, or to the end: text behind it. */
static const char *component(const char *text, char *buf, size_t size)
{
	size_t len = strcspn(text, "/");

	if (len >= size || text[len] != '/')
		return NULL;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return text + len + 1;
}

int request_path(const char *path, struct object_name *ret)
{
	struct object_name name;
	size_t len = strlen(REQUEST_ROOT "/");

	if (strncmp(path, REQUEST_ROOT "/", len))
		return -EINVAL;
	path = component(path + len, name.client, sizeof(name.client));
	if (!path || !store_client_ok(name.client))
		return -EINVAL;
	path = component(path, name.session, sizeof(name.session));
	if (!path || !name_is_component(name.session) || !name_is_object(path))
		return -EINVAL;
	/* name_is_object() has checked the length. */
	memcpy(name.object, path, strlen(path) + 1);
	*ret = name;
	return 0;
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int request_base64(const char *text, size_t len, uint8_t *buf, size_t max)
{
	uint32_t bits = 0;
	unsigned int n_bits = 0;
	size_t n = 0, pad = 0;

	if (len % 4)
		return -EINVAL;
	while (pad < 2 && len && text[len - 1] == '=') {
		len--;
		pad++;
	}
	for (; len; text++, len--) {
		int v = sextet(*text);

		if (v < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)v;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		if (n == max)
			return -EINVAL;
		buf[n++] = (uint8_t)(bits >> n_bits);
	}
	/* What is left over must be zero: one text for one value. */
	if (bits & ((1U << n_bits) - 1))
		return -EINVAL;
	return (int)n;
}

static int decode_name(const char *text, size_t len, char *buf, size_t size)
{
	int n = request_base64(text, len, (uint8_t *)buf, size - 1);

	if (n < 0)
		return n;
	buf[n] = '\0';
	return strlen(buf) == (size_t)n ? 0 : -EINVAL;
}

static int take_pair(const char *key, size_t key_len, const char *value,
		     size_t len, struct object_name *name, enum layout *layout)
{
	char word[8];
	int ret;

	if (key_len == 7 && !memcmp(key, "session", 7))
		return decode_name(value, len, name->session,
				   sizeof(name->session));
	if (key_len != 6)
		return 0;
	if (!memcmp(key, "object", 6))
		return decode_name(value, len, name->object,
				   sizeof(name->object));
	if (memcmp(key, "layout", 6))
		return 0;
	ret = decode_name(value, len, word, sizeof(word));
	if (ret < 0)
		return ret;
	if (!strcmp(word, "flat"))
		*layout = LAYOUT_FLAT;
	else if (!strcmp(word, "stream"))
		*layout = LAYOUT_STREAM;
	else
		return -EINVAL;
	return 0;
}

int request_metadata(const char *text, struct object_name *name,
		     enum layout *layout)
{
	struct object_name got = { .session = "" };
	enum layout got_layout = LAYOUT_STREAM;
	size_t key, gap, value;
	int ret;

	while (*text) {
		text += strspn(text, " ");
		key = strcspn(text, " ,");
		gap = strspn(text + key, " ");
		value = strcspn(text + key + gap, " ,");
		ret = take_pair(text, key, text + key + gap, value, &got,
				&got_layout);
		if (ret < 0)
			return ret;
		text += key + gap + value;
		text += strspn(text, " ");
		if (*text && *text++ != ',')
			return -EINVAL;
	}
	if (!name_is_component(got.session) || !name_is_object(got.object))
		return -EINVAL;
	memcpy(name->session, got.session, sizeof(name->session));
	memcpy(name->object, got.object, sizeof(name->object));
	*layout = got_layout;
	return 0;
}

int request_checksum(const char *text, uint8_t sum[static DIGEST_LEN])
{
	uint8_t buf[DIGEST_LEN];
	size_t len = strlen("sha256 ");
	int n;

	if (strncmp(text, "sha256 ", len))
		return -EINVAL;
	n = request_base64(text + len, strlen(text + len), buf, sizeof(buf));
	if (n != DIGEST_LEN)
		return -EINVAL;
	memcpy(sum, buf, sizeof(buf));
	return 0;
}
