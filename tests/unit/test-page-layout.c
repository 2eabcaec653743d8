// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>

#include "capture/page-class.h"
#include "netstream/io.h"
#include "tests/tap.h"

static struct vmcoreinfo info;

static void use(const char *release)
{
	char path[64];

	free(info.text);
	snprintf(path, sizeof(path), "tests/data/vmcoreinfo-x86_64-%s.txt",
		 release);
	if (read_file(path, 65536, &info.text, &info.len) < 0) {
		printf("Bail out! %s\n", path);
		exit(1);
	}
}

static void misses(const char *key, const char *want, int err)
{
	char got[PAGE_KEY_LEN] = "", *line = strstr(info.text, key);
	struct page_layout layout;

	CHECK(line);
	if (!line)
		return;
	*line = '#';
	CHECK_INT(page_layout_init(&layout, &info, FILTER_LEVEL_MAX, got), err);
	if (err)
		CHECK_STR(got, want);
	*line = key[0];
}

static void says_which_key_is_missing(void)
{
	static const char *const keys[] = {
		"SIZE(page)",
		"OFFSET(page.flags)",
		"OFFSET(page.mapping)",
		"OFFSET(page._mapcount)",
		"OFFSET(page.private)",
		"OFFSET(page._refcount)",
		"OFFSET(page.compound_head)",
		"NUMBER(PG_lru)",
		"NUMBER(PG_private)",
		"NUMBER(PG_swapcache)",
		"NUMBER(PG_swapbacked)",
		"NUMBER(PG_head_mask)",
		"NUMBER(PG_slab)",
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)",
		"LENGTH(zone.free_area)",
	};

	use("6.1");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		misses(keys[i], keys[i], -ENODATA);
	misses("NUMBER(HUGETLB_PAGE_DTOR)", "", 0);
	misses("NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "", 0);
	use("6.12");
	misses("NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)", "NUMBER(PG_slab)", -ENODATA);
	misses("NUMBER(PG_hwpoison)", "", 0);
}

static void rejects(const char *key, const char *value)
{
	char text[8192], got[PAGE_KEY_LEN] = "";
	const char *line = strstr(info.text, key);
	struct vmcoreinfo changed = { .text = text };
	struct page_layout layout;
	int len;

	CHECK(line);
	if (!line)
		return;
	len = snprintf(text, sizeof(text), "%.*s%s=%s%s",
		       (int)(line - info.text), info.text, key, value,
		       line + strcspn(line, "\n"));
	changed.len = (size_t)len;
	CHECK_INT(page_layout_init(&layout, &changed, FILTER_LEVEL_MAX, got),
		  -EBADMSG);
	CHECK_STR(got, key);
}

static void rejects_offsets_outside_struct_page(void)
{
	use("6.1");
	rejects("SIZE(page)", "513");
	rejects("SIZE(page)", "18446744073709551615");
	rejects("OFFSET(page.flags)", "57");
	rejects("OFFSET(page.private)", "18446744073709551615");
	rejects("OFFSET(page._mapcount)", "61");
	rejects("OFFSET(page._refcount)", "4294967296");
	rejects("OFFSET(page.compound_order)", "64");
	rejects("OFFSET(page.compound_order)", "18446744073709551608");
	rejects("NUMBER(PG_lru)", "64");
	rejects("NUMBER(PG_private)", "-1");
	rejects("NUMBER(PG_slab)", "1000");
	rejects("LENGTH(zone.free_area)", "0");
	rejects("LENGTH(zone.free_area)", "33");
}

int main(void)
{
	RUN(says_which_key_is_missing);
	RUN(rejects_offsets_outside_struct_page);
	free(info.text);
	return tap_done();
}
