// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netstream/collector/pick.h"

#define PANIC "Kernel panic - not syncing: "
#define SPACE " \t\r\n"

/* At most len bytes of text; what cannot be printed becomes "?". */
static void copy(const char *text, size_t len, char *buf, size_t size)
{
	size_t n = len < size ? len : size - 1;

	for (size_t i = 0; i < n; i++)
		buf[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	buf[n] = '\0';
}

/* What follows "key": at any depth, the first time; NULL when it does not. */
static const char *find_value(const char *text, const char *key)
{
	size_t len = strlen(key);
	const char *p = text;

	while ((p = strstr(p, key))) {
		const char *value = p + len;

		if (p == text || p[-1] != '"' || *value != '"') {
			p += len;
			continue;
		}
		value += 1 + strspn(value + 1, SPACE);
		if (*value == ':')
			return value + 1 + strspn(value + 1, SPACE);
		p += len;
	}
	return NULL;
}

static void get_string(const char *value, char *buf, size_t size)
{
	buf[0] = '\0';
	if (value && *value == '"')
		copy(value + 1, strcspn(value + 1, "\"\n"), buf, size);
}

static bool get_number(const char *value, unsigned long long *ret)
{
	if (!value || !isdigit((unsigned char)*value))
		return false;
	errno = 0;
	*ret = strtoull(value, NULL, 10);
	return errno == 0;
}

void pick_json(const char *text, const char *key, char *buf, size_t size)
{
	get_string(find_value(text, key), buf, size);
}

bool pick_number(const char *text, const char *key, unsigned long long *ret)
{
	return get_number(find_value(text, key), ret);
}

bool pick_is(const char *text, const char *key, const char *word)
{
	const char *value = find_value(text, key);

	return value && !strncmp(value, word, strlen(word));
}

const char *pick_list(const char *text, const char *key)
{
	const char *value = find_value(text, key);

	return value && *value == '[' ? value + 1 : NULL;
}

/* Behind the string whose first quote is at p. */
static const char *skip_string(const char *p)
{
	for (p++; *p && *p != '"'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

/* Behind the object or list that begins at p; NULL when it is cut off. */
static const char *skip_nested(const char *p)
{
	unsigned int depth = 0;

	do {
		if (!*p)
			return NULL;
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
	} while (depth);
	return p;
}

const char *pick_member(const char *list, char *buf, size_t size)
{
	const char *end;
	size_t len;

	list += strspn(list, SPACE ",");
	if (*list != '{')
		return NULL;
	end = skip_nested(list);
	if (!end)
		return NULL;
	len = (size_t)(end - list);
	if (len >= size)
		len = 0;
	memcpy(buf, list, len);
	buf[len] = '\0';
	return end;
}

bool pick_ended(const char *list)
{
	return list[strspn(list, SPACE)] == ']';
}

/* Behind a value of any kind; NULL when it is cut off. */
static const char *skip_value(const char *p)
{
	if (*p == '"')
		return skip_string(p);
	if (*p == '{' || *p == '[')
		return skip_nested(p);
	return p + strcspn(p, SPACE ",{}[]\"");
}

/* The value of the object's own key, not of one in an object below it. */
static const char *find_own(const char *object, const char *key)
{
	const char *p = object + strspn(object, SPACE), *name;
	size_t len = strlen(key);
	bool found;

	if (*p != '{')
		return NULL;
	do {
		name = p + 1 + strspn(p + 1, SPACE);
		if (*name != '"')
			return NULL;
		p = skip_string(name);
		found = (size_t)(p - name) == len + 2 &&
			!memcmp(name + 1, key, len);
		p += strspn(p, SPACE);
		if (*p != ':')
			return NULL;
		p += 1 + strspn(p + 1, SPACE);
		if (found)
			return p;
		p = skip_value(p);
		if (!p)
			return NULL;
		p += strspn(p, SPACE);
	} while (*p == ',');
	return NULL;
}

bool pick_own(const char *object, const char *key, char *buf, size_t size)
{
	const char *value = find_own(object, key);

	get_string(value, buf, size);
	return value;
}

bool pick_own_number(const char *object, const char *key,
		     unsigned long long *ret)
{
	return get_number(find_own(object, key), ret);
}

const char *pick_own_list(const char *object, const char *key)
{
	const char *value = find_own(object, key);

	return value && *value == '[' ? value + 1 : NULL;
}

const char *pick_own_object(const char *object, const char *key)
{
	const char *value = find_own(object, key);

	return value && *value == '{' ? value : NULL;
}

void pick_panic(const char *text, char *buf, size_t size)
{
	const char *p = strstr(text, PANIC);

	buf[0] = '\0';
	if (!p)
		return;
	p += strlen(PANIC);
	copy(p, strcspn(p, "\r\n"), buf, size);
}

void pick_size(unsigned long long size, char buf[static 16])
{
	static const char units[] = "KMGTPE";
	double v = (double)size;
	int unit = -1;

	if (size < 1024) {
		snprintf(buf, 16, "%llu", size);
		return;
	}
	while (v >= 1024 && units[unit + 1]) {
		v /= 1024;
		unit++;
	}
	snprintf(buf, 16, "%.1f%c", v, units[unit]);
}
