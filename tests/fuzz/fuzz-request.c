// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a client writes into a request, and a file that it has stored: names
 * that come out are fit for a path, text that comes out for a terminal.
 */
#include <stdlib.h>

#include "netstream/collector/pick.c"
#include "netstream/collector/request.c"
#include "netstream/collector/state.c"
#include "netstream/collector/store.c"
#include "netstream/digest-gnutls.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "netstream/name.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_name(const char *name, unsigned int n_slashes)
{
	if (!*name || *name == '.' || strstr(name, "/.") ||
	    strstr(name, "//") || name[strlen(name) - 1] == '/')
		abort();
	for (; *name; name++) {
		if (*name == '/' ? !n_slashes-- : !strchr(ALNUM "._:+-", *name))
			abort();
	}
}

static void check_object(const struct object_name *name)
{
	check_name(name->session, 0);
	check_name(name->object, 1);
}

static void check_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct object_name name = { .client = "c" };
	char *text = malloc(len + 1), buf[32];
	enum layout layout;
	uint8_t sum[DIGEST_LEN];
	uint64_t v = 0;

	memcpy(text, data, len);
	text[len] = '\0';
	if (!request_path(text, &name)) {
		check_name(name.client, 0);
		check_object(&name);
	}
	if (!request_metadata(text, &name, &layout))
		check_object(&name);
	if (!request_number(text, &v) && v > INT64_MAX)
		abort();
	request_checksum(text, sum);
	pick_json(text, "host", buf, sizeof(buf));
	check_printable(buf);
	pick_panic(text, buf, sizeof(buf));
	check_printable(buf);
	free(text);
	return 0;
}
