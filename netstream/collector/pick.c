// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
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

void pick_json(const char *text, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);
	const char *p = text;

	buf[0] = '\0';
	while ((p = strstr(p, key))) {
		const char *value = p + len;

		if (p == text || p[-1] != '"' || *value != '"') {
			p += len;
			continue;
		}
		value += 1 + strspn(value + 1, SPACE);
		if (*value == ':') {
			value += 1 + strspn(value + 1, SPACE);
			if (*value == '"')
				copy(value + 1, strcspn(value + 1, "\"\n"), buf,
				     size);
			return;
		}
		p += len;
	}
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
