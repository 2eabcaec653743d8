// SPDX-License-Identifier: GPL-2.0-or-later

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "capture/driver-options.h"
#include "capture/module.h"

/* The text so far ends in a NUL; this goes behind it, after a blank. */
static int append(char *text, const char *more, size_t len)
{
	size_t n = strlen(text);

	if (len >= DRIVER_OPTIONS_LEN - n - 1)
		return -E2BIG;
	if (n)
		text[n++] = ' ';
	memcpy(text + n, more, len);
	text[n + len] = '\0';
	return 0;
}

/* Up to the next blank that is not between quotes. */
static size_t word_len(const char *text)
{
	bool quoted = false;
	size_t n;

	for (n = 0; text[n]; n++) {
		if (text[n] == '"')
			quoted = !quoted;
		else if (isspace((unsigned char)text[n]) && !quoted)
			break;
	}
	return n;
}

int driver_options(const struct config *config, const char *cmdline,
		   const char *name, size_t len,
		   char text[static DRIVER_OPTIONS_LEN])
{
	int ret = 0;

	text[0] = '\0';
	for (size_t i = 0; i < config->n_device_dump_options && !ret; i++) {
		const char *line = config->device_dump_options[i];
		size_t n = strcspn(line, " ");

		if (!module_same_name(line, n, name, len))
			continue;
		line += n + strspn(line + n, " ");
		ret = append(text, line, strlen(line));
	}
	for (size_t n; *cmdline && !ret; cmdline += n + (cmdline[n] != '\0')) {
		size_t dot = strcspn(cmdline, ".");

		n = word_len(cmdline);
		if (dot < n && module_same_name(cmdline, dot, name, len))
			ret = append(text, cmdline + dot + 1, n - dot - 1);
	}
	return ret;
}
