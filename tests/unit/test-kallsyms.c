// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>

#include "capture/kallsyms.h"
#include "tests/tap.h"
#include "tests/unit/broken-vmcore.h"
#include "tests/unit/kallsyms-image.h"
#include "tests/unit/vmcore-file.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FILL 4000

static struct image image;
static struct vmcore core;

/* Names as the kernel has them; the lowest value is a per-CPU one's. */
static const struct image_symbol some[] = {
	{ "D__per_cpu_start", 0 },
	{ "Dcurrent_tas", 0x1000 },
	{ "Dcurrent_task", 0x1008 },
	{ "Dcurrent_task_of_x", 0x1010 },
	{ "Dcurrent_task_offset", 0x1018 },
	{ "A__per_cpu_end", 0x2000 },
	{ "T_text", IMAGE_TEXT },
	{ "T_stext", IMAGE_TEXT },
	{ "T_stextra", IMAGE_TEXT },
	{ "tstatic_twice", IMAGE_TEXT + 1 },
	{ "tstatic_twice", IMAGE_TEXT + 2 },
	{ "Bx", IMAGE_TEXT + 0x7ffffffe },
	{ "Dnr_cpu_ids", IMAGE_TEXT + 0x7fffffff },
};

static void open_image(void)
{
	char *text = image_text(&image);

	CHECK_INT(vmcore_open(&core, vmcore_file(text)), 0);
	free(text);
}

/* An image with a table and nothing else. */
static void open_table(enum image_form form, const struct image_symbol *symbols,
		       size_t n)
{
	image_init(&image);
	image_kallsyms(&image, form, symbols, (uint32_t)n);
	open_image();
}

static int find(struct kallsyms_symbol *symbols, size_t n)
{
	return kallsyms_find(&core, &image.info, symbols, n);
}

static int find_one(const char *name, uint64_t *value)
{
	struct kallsyms_symbol symbol = { .name = name, .found = true };
	int ret = find(&symbol, 1);

	CHECK(ret == 0 || !symbol.found);
	*value = symbol.value;
	return ret < 0 ? ret : symbol.found;
}

static void expect(const char *name, uint64_t want)
{
	uint64_t value = 0;

	CHECK_INT(find_one(name, &value), 1);
	CHECK_INT(value, want);
}

static void expect_none(const char *name)
{
	uint64_t value;

	CHECK_INT(find_one(name, &value), 0);
}

/* All forms have their values from the image's start on. */
static void finds_symbols_in_each_form_of_the_table(void)
{
	for (int form = 0; form < IMAGE_FORMS; form++) {
		size_t from =
			form == IMAGE_ABSOLUTE_PERCPU || form == IMAGE_ADDRESSES
				? 0
				: 6;

		open_table(form, some + from, ARRAY_SIZE(some) - from);
		if (from == 0) {
			expect("__per_cpu_start", 0);
			expect("current_task", 0x1008);
			expect("__per_cpu_end", 0x2000);
		}
		expect("_stext", IMAGE_TEXT);
		expect("x", IMAGE_TEXT + 0x7ffffffe);
		expect("nr_cpu_ids", IMAGE_TEXT + 0x7fffffff);
		vmcore_close(&core);
	}
}

/* Without the sign bit for per-CPU symbols there are 4 GiB. */
static void finds_what_is_far_away(void)
{
	const struct image_symbol far[] = {
		{ "T_stext", IMAGE_TEXT }, { "Dfar", IMAGE_TEXT + UINT32_MAX }
	};
	const struct image_symbol below[] = { { "Dfar", IMAGE_TEXT - 4096 },
					      { "T_stext", IMAGE_TEXT } };

	open_table(IMAGE_UNSIGNED, far, 2);
	expect("far", IMAGE_TEXT + UINT32_MAX);
	vmcore_close(&core);
	open_table(IMAGE_PLACE, below, 2);
	expect("far", IMAGE_TEXT - 4096);
	vmcore_close(&core);
}

static void finds_no_part_of_a_name(void)
{
	open_table(IMAGE_ABSOLUTE_PERCPU, some, ARRAY_SIZE(some));
	expect("current_tas", 0x1000);
	expect("current_task", 0x1008);
	expect("current_task_offset", 0x1018);
	expect_none("current_ta");
	expect_none("current_task_of");
	expect_none("urrent_task");
	expect_none("Dcurrent_task");
	expect_none("nr_cpu_id");
	expect_none("nr_cpu_idss");
	expect_none("");
	vmcore_close(&core);
}

static void takes_the_lower_of_two(void)
{
	struct kallsyms_symbol symbols[] = {
		{ .name = "absent" },
		{ .name = "static_twice" },
		{ .name = "not there" },
	};

	open_table(IMAGE_ABSOLUTE_PERCPU, some, ARRAY_SIZE(some));
	CHECK_INT(find(symbols, ARRAY_SIZE(symbols)), 0);
	CHECK(!symbols[0].found);
	CHECK(symbols[1].found);
	CHECK_INT(symbols[1].value, IMAGE_TEXT + 1);
	CHECK(!symbols[2].found);
	vmcore_close(&core);
}

/* A table of some pages, and each name of it, as many as go at a time. */
static void finds_every_name(void)
{
	static char names[FILL][16];
	static struct image_symbol all[FILL];
	struct kallsyms_symbol symbols[KALLSYMS_FIND_MAX];

	for (size_t i = 0; i < FILL; i++) {
		sprintf(names[i], "tfill_%zx", i * i);
		all[i] = (struct image_symbol){ names[i], IMAGE_TEXT + i };
	}
	all[FILL - 9].name = "T_stext";
	all[FILL - 9].value = IMAGE_TEXT;
	open_table(IMAGE_UNSIGNED, all, FILL);
	CHECK(image.names_end - image.names > 5 * 4096);
	for (size_t i = 0; i < FILL; i += KALLSYMS_FIND_MAX) {
		size_t n = FILL - i;

		if (n > KALLSYMS_FIND_MAX)
			n = KALLSYMS_FIND_MAX;
		for (size_t k = 0; k < n; k++)
			symbols[k].name = all[i + k].name + 1;
		CHECK_INT(find(symbols, n), 0);
		for (size_t k = 0; k < n; k++) {
			CHECK(symbols[k].found);
			CHECK_INT(symbols[k].value, all[i + k].value);
		}
	}
	vmcore_close(&core);
}

static void goes_over_long_names(void)
{
	static char name[3][KALLSYMS_NAME_MAX + 8];
	const size_t len[] = { 127, 128, KALLSYMS_NAME_MAX };
	const struct image_symbol symbols[] = {
		{ name[0], IMAGE_TEXT + 1 },	     { "T_stext", IMAGE_TEXT },
		{ name[1], IMAGE_TEXT + 2 },	     { "Da", IMAGE_TEXT + 3 },
		{ name[2], IMAGE_TEXT + 0x7ffffff }, { "Db", IMAGE_TEXT + 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(len); i++)
		memset(name[i], 'z', len[i]);
	open_table(IMAGE_UNSIGNED, symbols, ARRAY_SIZE(symbols));
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		expect(symbols[i].name + 1, symbols[i].value);
	vmcore_close(&core);
	strcat(name[2], "z");
	open_table(IMAGE_UNSIGNED, symbols, ARRAY_SIZE(symbols));
	CHECK_INT(find(&(struct kallsyms_symbol){ .name = "b" }, 1), -EBADMSG);
	vmcore_close(&core);
}

/* The last name ends with the last page of the segment. */
static void reads_nothing_behind_the_names(void)
{
	static const unsigned char zeros[4096];
	char last[16] = "Dlast";
	const struct image_symbol symbols[] = { { "T_stext", IMAGE_TEXT },
						{ last, IMAGE_TEXT + 1 } };
	size_t pad;

	image_init(&image);
	image_kallsyms(&image, IMAGE_UNSIGNED, symbols, 2);
	pad = -image.names_end % 4096;
	memset(last + 5, 'z', pad % 8);
	image_init(&image);
	image_put(&image, zeros, pad - pad % 8);
	image_kallsyms(&image, IMAGE_UNSIGNED, symbols, 2);
	CHECK_INT(image.names_end % 4096, 0);
	open_image();
	expect(last + 1, IMAGE_TEXT + 1);
	expect_none("behind");
	vmcore_close(&core);
}

static int find_with(enum image_form form, const char *key, char mark,
		     size_t at)
{
	uint64_t value;
	int ret;

	open_table(form, some, ARRAY_SIZE(some));
	strstr(image.text, key)[at] = mark;
	ret = find_one("_text", &value);
	vmcore_close(&core);
	return ret;
}

/* One that is no number, one that leads elsewhere, and none. */
static void needs_the_keys(void)
{
	static const struct {
		enum image_form form;
		const char *key;
		int elsewhere, none;
	} keys[] = {
		{ IMAGE_ABSOLUTE_PERCPU, "kallsyms_names)=", -EFAULT,
		  -ENODATA },
		{ IMAGE_ABSOLUTE_PERCPU, "kallsyms_num_syms)=", -EFAULT,
		  -ENODATA },
		{ IMAGE_ABSOLUTE_PERCPU, "kallsyms_token_table)=", -EFAULT,
		  -ENODATA },
		{ IMAGE_ABSOLUTE_PERCPU, "kallsyms_token_index)=", -EFAULT,
		  -ENODATA },
		{ IMAGE_ABSOLUTE_PERCPU, "kallsyms_offsets)=", -EFAULT,
		  -ENODATA },
		{ IMAGE_ABSOLUTE_PERCPU, "kallsyms_relative_base)=", -EFAULT,
		  -EBADMSG },
		{ IMAGE_ABSOLUTE_PERCPU, "_stext)=", -EBADMSG, -ENODATA },
		{ IMAGE_ADDRESSES, "kallsyms_addresses)=", -EFAULT, -ENODATA },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *key = keys[i].key;
		enum image_form form = keys[i].form;
		size_t value = strlen(key);

		CHECK_INT(find_with(form, key, 'g', value), -EBADMSG);
		CHECK_INT(find_with(form, key, '7', value), keys[i].elsewhere);
		CHECK_INT(find_with(form, key, '#', 0), keys[i].none);
	}
}

static void rejects_another_kernels_addresses(void)
{
	for (int form = 0; form < IMAGE_FORMS; form++) {
		struct image_symbol symbols[] = {
			{ "T_stext", IMAGE_TEXT + 0x10 },
			{ "Dx", IMAGE_TEXT + 0x20 },
		};
		uint64_t value;

		open_table(form, symbols, 2);
		CHECK_INT(find_one("x", &value), -EBADMSG);
		vmcore_close(&core);
	}
	open_table(IMAGE_UNSIGNED, some + 8, 2);
	CHECK_INT(find(NULL, 0), -EBADMSG);
	vmcore_close(&core);
	open_table(IMAGE_UNSIGNED, some, 0);
	CHECK_INT(find(NULL, 0), -EBADMSG);
	vmcore_close(&core);
}

/* The answer when len bytes at an offset of the image are others. */
static int damaged(size_t at, const void *bytes, size_t len)
{
	uint64_t value;
	int ret;

	image_init(&image);
	image_kallsyms(&image, IMAGE_ABSOLUTE_PERCPU, some, ARRAY_SIZE(some));
	memcpy(image.bytes + at, bytes, len);
	/* Zeros are behind the names. */
	image.len += 8192;
	open_image();
	ret = find_one("", &value);
	vmcore_close(&core);
	return ret;
}

static void rejects_damaged_tables(void)
{
	static unsigned char junk[KALLSYMS_TOKENS_MAX];

	memset(junk, 'x', sizeof(junk));
	CHECK_INT(damaged(0, "", 0), 0);
	CHECK_INT(damaged(image.num_syms, "\x7f", 1), -EBADMSG);
	CHECK_INT(damaged(image.names, "", 1), -EBADMSG);
	/* Nothing is in front of the type. */
	CHECK_INT(damaged(image.names + 1, "", 1), 0);
	CHECK_INT(damaged(image.names, "\x81\x10", 2), -EBADMSG);
	CHECK_INT(damaged(image.names, "\xff\xff", 2), -EBADMSG);
	CHECK_INT(damaged(image.token_index, "\xff\xff", 2), -EBADMSG);
	CHECK_INT(damaged(image.token_index, "\xff\x0f", 2), 0);
	CHECK_INT(damaged(image.token_index, "\x00\x10", 2), -EBADMSG);
	CHECK_INT(damaged(image.tokens, junk, sizeof(junk)), -EBADMSG);
	CHECK_INT(damaged(image.values, junk, 4 * ARRAY_SIZE(some)), -EBADMSG);
}

static void has_a_limit_of_symbols(void)
{
	uint32_t n = KALLSYMS_SYMBOLS_MAX;
	uint64_t value;

	for (int i = 0; i < 2; i++, n++) {
		image_init(&image);
		image_kallsyms(&image, IMAGE_ABSOLUTE_PERCPU, some,
			       ARRAY_SIZE(some));
		memcpy(image.bytes + image.num_syms, &n, sizeof(n));
		open_image();
		CHECK_INT(find_one("current_task", &value), i ? -EBADMSG : 1);
		vmcore_close(&core);
	}
}

/* Names up to the end of the segment, and there should be more. */
static void says_when_memory_is_missing(void)
{
	const struct image_symbol symbol = { "T_stext", IMAGE_TEXT };
	const uint32_t n = 9000;
	uint64_t value;

	image_init(&image);
	image_kallsyms(&image, IMAGE_UNSIGNED, &symbol, 1);
	memcpy(image.bytes + image.num_syms, &n, 4);
	memset(image.bytes + image.names_end, 1, 4096);
	image_align(&image, 4096);
	open_image();
	CHECK_INT(find_one("x", &value), -EFAULT);
	/* What is found before that is enough. */
	expect("_stext", IMAGE_TEXT);
	vmcore_close(&core);
}

static void says_when_memory_cannot_be_read(void)
{
	struct kallsyms_symbol symbol = { .name = "current_task" };
	struct broken_vmcore broken;
	char *text;

	image_init(&image);
	image_kallsyms(&image, IMAGE_ABSOLUTE_PERCPU, some, ARRAY_SIZE(some));
	text = image_text(&image);
	broken_vmcore_open(&broken, text);
	free(text);
	CHECK_INT(kallsyms_find(&broken.core, &image.info, &symbol, 1), 0);
	CHECK(symbol.found);
	broken_vmcore_break(&broken, broken.core.phdrs[1].p_offset -
					     (uintptr_t)broken.start);
	log_take();
	CHECK_INT(kallsyms_find(&broken.core, &image.info, &symbol, 1), -EIO);
	CHECK(!symbol.found);
	log_taken();
	broken_vmcore_close(&broken);
}

/* The names are read some pages at a time, and these may be too many. */
static void needs_nothing_but_the_table(void)
{
	struct kallsyms_symbol symbol = { .name = "current_task" };
	struct broken_vmcore broken;
	size_t behind;
	char *text;

	image_init(&image);
	image_kallsyms(&image, IMAGE_ABSOLUTE_PERCPU, some, ARRAY_SIZE(some));
	behind = image_align(&image, 4096);
	image.len += 64 << 10;
	text = image_text(&image);
	broken_vmcore_open(&broken, text);
	free(text);
	broken_vmcore_break(&broken, broken.core.phdrs[1].p_offset + behind -
					     (uintptr_t)broken.start);
	log_take();
	CHECK_INT(kallsyms_find(&broken.core, &image.info, &symbol, 1), 0);
	CHECK(symbol.found);
	log_taken();
	broken_vmcore_close(&broken);
}

static void looks_for_31_at_most(void)
{
	struct kallsyms_symbol symbols[KALLSYMS_FIND_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		symbols[i] = (struct kallsyms_symbol){ "_text", 0, true };
	open_table(IMAGE_ABSOLUTE_PERCPU, some, ARRAY_SIZE(some));
	CHECK_INT(find(symbols, ARRAY_SIZE(symbols)), -E2BIG);
	CHECK(!symbols[0].found);
	CHECK_INT(find(symbols, KALLSYMS_FIND_MAX), 0);
	CHECK(symbols[KALLSYMS_FIND_MAX - 1].found);
	CHECK_INT(symbols[KALLSYMS_FIND_MAX - 1].value, IMAGE_TEXT);
	vmcore_close(&core);
}

int main(void)
{
	RUN(finds_symbols_in_each_form_of_the_table);
	RUN(finds_what_is_far_away);
	RUN(finds_no_part_of_a_name);
	RUN(takes_the_lower_of_two);
	RUN(finds_every_name);
	RUN(goes_over_long_names);
	RUN(reads_nothing_behind_the_names);
	RUN(needs_the_keys);
	RUN(rejects_another_kernels_addresses);
	RUN(rejects_damaged_tables);
	RUN(has_a_limit_of_symbols);
	RUN(says_when_memory_is_missing);
	RUN(says_when_memory_cannot_be_read);
	RUN(needs_nothing_but_the_table);
	RUN(looks_for_31_at_most);
	return tap_done();
}
