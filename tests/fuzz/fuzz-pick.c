// SPDX-License-Identifier: GPL-2.0-or-later
/* A session.json or manifest.json of anything: nothing is read outside. */

#include <stdint.h>

#include "netstream/collector/pick.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char *list;
	char member[64], name[16];
	unsigned long long n;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	pick_panic(text, name, sizeof(name));
	list = pick_list(text, "l");
	while (list && (list = pick_member(list, member, sizeof(member)))) {
		if (list > text + strlen(text))
			abort();
		pick_json(member, "n", name, sizeof(name));
		if (pick_number(member, "s", &n) && pick_is(member, "s", "x"))
			abort();
	}
	list = pick_own_list(text, "o");
	while (list && (list = pick_member(list, member, sizeof(member)))) {
		if (list > text + strlen(text))
			abort();
		if (pick_own(member, "n", name, sizeof(name)) && !*member)
			abort();
		/* What is found in the object itself is found in the text. */
		if (pick_own_number(member, "s", &n) && !strstr(member, "s\""))
			abort();
		pick_ended(list);
	}
	free(text);
	return 0;
}
