// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "netstream/conf.h"
#include "netstream/log.h"
#include "tests/tap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum color { RED, GREEN, BLUE };

static struct settings {
	uint64_t number;
	uint64_t size;
	char *string;
	char *path;
	enum color color;
	bool yes;
	bool loud;
	unsigned int times;
} settings;

static struct conf conf;

static const char *count(struct conf *c, const struct conf_key *key,
			 const char *value)
{
	(void)value;
	++*(unsigned int *)conf_field(c, key);
	return NULL;
}

/* Says what two other keys say. */
static const char *set_both(struct conf *c, const struct conf_key *key,
			    const char *value)
{
	const char *wrong = conf_set(c, "number", value);

	(void)key;
	return wrong ? wrong : conf_set(c, "yes", "yes");
}

static const char *const colors[] = { "red", "green", "blue", NULL };
static const char *const volumes[] = { "quiet", "loud", NULL };

#define FIELD(name) offsetof(struct settings, name)

static const struct conf_key keys[] = {
	{ .name = "number",
	  .set = conf_set_number,
	  .off = FIELD(number),
	  .min = 2,
	  .max = UINT64_MAX },
	{ .name = "size",
	  .set = conf_set_size,
	  .off = FIELD(size),
	  .max = UINT64_MAX },
	{ .name = "string",
	  .set = conf_set_string,
	  .off = FIELD(string),
	  .max = 8 },
	{ .name = "path",
	  .set = conf_set_path,
	  .off = FIELD(path),
	  .chars = "/ab" },
	{ .name = "color",
	  .set = conf_set_choice,
	  .off = FIELD(color),
	  .words = colors },
	{ .name = "yes", .set = conf_set_bool, .off = FIELD(yes) },
	{ .name = "volume",
	  .set = conf_set_bool,
	  .off = FIELD(loud),
	  .words = volumes },
	{ .name = "hue", .same_as = "color" },
	{ .name = "count", .set = count, .off = FIELD(times), .repeats = true },
	{ .name = "both", .set = set_both },
	{ .name = "old", .set = conf_skip, .text = "of no use" },
	{ .name = "wrong", .set = conf_refuse, .text = "use size" },
};

static void clear(void)
{
	free(settings.string);
	free(settings.path);
	settings = (struct settings){ 0 };
	conf_init(&conf, "test.conf", keys, ARRAY_SIZE(keys), &settings);
}

static int parse(const char *text)
{
	clear();
	return conf_parse(&conf, text, strlen(text));
}

static const char *const example = "# all of them\n"
				   "number 17\n"
				   "size 3G # in bytes\n"
				   "string \" a # b\"\n"
				   "path /a/b\r\n"
				   "\tcolor \t blue\t\n"
				   "yes yes\n"
				   "volume loud\n"
				   "count 1\ncount 2\n"
				   "old";

static void sets_fields_of_each_type(void)
{
	CHECK_INT(parse("number 17\nsize 3G\nstring a b\npath /a/b\n"
			"color blue\nyes yes\nvolume loud\ncount 1\ncount 2\n"
			"old 1"),
		  0);
	CHECK_INT(settings.number, 17);
	CHECK_INT(settings.size, 3ULL << 30);
	CHECK_STR(settings.string, "a b");
	CHECK_STR(settings.path, "/a/b");
	CHECK_INT(settings.color, BLUE);
	CHECK(settings.yes);
	CHECK(settings.loud);
	CHECK_INT(settings.times, 2);
	CHECK_INT(parse("color red\nyes no\nvolume quiet"), 0);
	CHECK_INT(settings.color, RED);
	CHECK(!settings.yes && !settings.loud);
}

static void reads_lines_as_kdump_conf_has_them(void)
{
	static const struct {
		const char *line;
		const char *value;
	} lines[] = {
		{ "string a", "a" },
		{ " \tstring \t a  ", "a" },
		{ "string a\r", "a" },
		{ "string a#b", "a" },
		{ "string a # b", "a" },
		{ "string \" a \"", " a " },
		{ "string \"\"a\"\"", "\"a\"" },
		{ "string \"a#b\"", "\"a" },
		{ "string \"a", "\"a" },
		{ "string 'a'", "'a'" },
		{ "string a\tb", "a b" },
		{ "string a\\nb", "a\\nb" },
		{ "string \"", "\"" },
		{ "\n\n#\n # c\n\r\nstring a\n\n", "a" },
		{ "string \303\244", "\303\244" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		CHECK_INT(parse(lines[i].line), 0);
		CHECK_STR(settings.string, lines[i].value);
	}
}

static void refuses_what_is_not_of_a_type(void)
{
	static const char *const lines[] = {
		"number 1",
		"number",
		"number -2",
		"number +2",
		"number 0x2",
		"number 2 2",
		"number 2K",
		"number 18446744073709551616",
		"size K",
		"size 1KB",
		"size 1P",
		"size 1 K",
		"size 16777216T",
		"size 18446744073709551616",
		"size 18446744073709551615K",
		"string 123456789",
		"string \"\"",
		"string a\001",
		"string a\rb",
		"string a\177",
		"path a/b",
		"path /a/c",
		"color",
		"color Red",
		"color reds",
		"color red green",
		"yes 1",
		"yes YES",
		"yes loud",
		"volume yes",
		"colour red",
		"=",
		"string=a",
		"string\001 a",
		"wrong 1",
		"hue pink",
		"both 1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (parse(lines[i]) != -EINVAL) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
	CHECK_INT(parse("size 16777215T\nnumber 18446744073709551615"), 0);
	CHECK_INT(settings.size, 16777215ULL << 40);
	CHECK_INT(settings.number, UINT64_MAX);
}

static void a_key_is_set_once_by_whatever_name(void)
{
	CHECK_INT(parse("color red\ncolor red"), -EINVAL);
	CHECK_STR(conf.reason, "set already in line 1");
	CHECK_INT(parse("color red\n\nhue red"), -EINVAL);
	CHECK_INT(parse("hue blue"), 0);
	CHECK_INT(settings.color, BLUE);
	CHECK_INT(parse("# a\nnumber 2\nboth 3"), -EINVAL);
	CHECK_STR(conf.reason, "set already in line 2");
	CHECK_INT(parse("both 3\nyes no"), -EINVAL);
	CHECK_INT(parse("both 3"), 0);
	CHECK_INT(settings.number, 3);
	CHECK(settings.yes);
	CHECK_INT(parse("number 1\nnumber 2"), -EINVAL);
	CHECK_INT(conf.line, 1);
}

static void a_choice_names_its_words(void)
{
	CHECK_INT(parse("color pink"), -EINVAL);
	CHECK_STR(conf.reason, "none of: red green blue");
	CHECK_INT(parse("yes maybe"), -EINVAL);
	CHECK_STR(conf.reason, "none of: no yes");
}

/* For command lines: nothing is set twice where there are no lines. */
static void sets_without_a_line_as_often_as_it_likes(void)
{
	clear();
	CHECK(!conf_set(&conf, "number", "2"));
	CHECK(!conf_set(&conf, "number", "3"));
	CHECK_INT(settings.number, 3);
	CHECK(!conf_set(&conf, "string", "a"));
	CHECK(!conf_set(&conf, "string", "b"));
	CHECK_STR(settings.string, "b");
	CHECK_STR(conf_set(&conf, "nothing", "b"), "unknown key");
}

static void a_long_reason_is_cut(void)
{
	char text[2 * CONF_REASON_MAX + 1];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	CHECK_INT(strlen(conf_wrong(&conf, "%s", text)), CONF_REASON_MAX - 1);
}

/* Heap copies of each length, so that ASAN sees a byte read too far. */
static void survives_a_cut_at_every_byte(void)
{
	for (size_t len = 0; len <= strlen(example); len++) {
		char *cut = malloc(len ? len : 1);

		memcpy(cut, example, len);
		clear();
		conf_parse(&conf, cut, len);
		free(cut);
	}
}

static void files_are_text_of_a_bounded_size(void)
{
	char path[] = "/tmp/test-conf.XXXXXX";
	static char text[CONF_FILE_MAX + 1];
	int fd = mkstemp(path);

	clear();
	conf.name = path;
	memset(text, '\n', sizeof(text));
	memcpy(text + CONF_FILE_MAX - 9, "number 5\n", 9);
	CHECK(write(fd, text, CONF_FILE_MAX) == CONF_FILE_MAX);
	CHECK_INT(conf_load(&conf), 0);
	CHECK_INT(settings.number, 5);
	CHECK_INT(write(fd, "\n", 1), 1);
	CHECK_INT(conf_load(&conf), -EFBIG);
	CHECK_INT(pwrite(fd, "", 1, 3), 1);
	CHECK_INT(ftruncate(fd, 100), 0);
	CHECK_INT(conf_load(&conf), -EINVAL);
	close(fd);
	unlink(path);
	CHECK_INT(conf_load(&conf), -ENOENT);
}

int main(void)
{
	log_set_level(0);
	RUN(sets_fields_of_each_type);
	RUN(reads_lines_as_kdump_conf_has_them);
	RUN(refuses_what_is_not_of_a_type);
	RUN(a_key_is_set_once_by_whatever_name);
	RUN(a_choice_names_its_words);
	RUN(sets_without_a_line_as_often_as_it_likes);
	RUN(a_long_reason_is_cut);
	RUN(survives_a_cut_at_every_byte);
	RUN(files_are_text_of_a_bounded_size);
	clear();
	return tap_done();
}
