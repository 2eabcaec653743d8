// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <string.h>

#include "name.h"

static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz"
			      "0123456789._:+-";

static bool is_component(const char *name, size_t len)
{
	return len && name[0] != '.' && strspn(name, allowed) >= len;
}

bool name_is_component(const char *name)
{
	size_t len = strlen(name);

	return len <= NAME_LEN_MAX && is_component(name, len);
}

bool name_is_unfinished(const char *name)
{
	size_t len = strlen(name), tail = strlen(NAME_INCOMPLETE);

	return len >= tail && !strcmp(name + len - tail, NAME_INCOMPLETE);
}

bool name_is_object(const char *name)
{
	const char *slash = strchr(name, '/');
	const char *leaf = slash ? slash + 1 : name;
	size_t len = strlen(leaf);

	if (strlen(name) > NAME_LEN_MAX)
		return false;
	if (slash && !is_component(name, (size_t)(slash - name)))
		return false;
	if (name_is_unfinished(leaf))
		return false;
	return is_component(leaf, len);
}

void name_plain(char *text)
{
	while (*(text += strspn(text, allowed)))
		*text++ = '_';
}
