// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/pick.o
#include "netstream/collector/pick.h"
#include "tests/tap.h"

static char buf[16];

static const char *json(const char *text, const char *key)
{
	pick_json(text, key, buf, sizeof(buf));
	return buf;
}

static const char *panic_of(const char *text)
{
	pick_panic(text, buf, sizeof(buf));
	return buf;
}

static void picks_strings_from_json(void)
{
	static const char text[] = "{ \"hosts\": 1, \"a\": \"host\",\n"
				   "  \"host\" : \"web1\", \"n\": 5,\n"
				   "  \"kernel\": {\"release\":\"6.1.0\"} }";

	CHECK_STR(json(text, "host"), "web1");
	CHECK_STR(json(text, "release"), "6.1.0");
	CHECK_STR(json(text, "n"), "");
	CHECK_STR(json(text, "missing"), "");
}

static void picks_numbers_and_words(void)
{
	static const char text[] =
		"{\"size\" : 18446744073709551615, \"a\":1.5,"
		"\"big\": 18446744073709551616, \"s\":\"5\","
		"\"neg\": -1, \"no\":false, \"cut\":";
	unsigned long long n = 7;

	CHECK(pick_number(text, "size", &n));
	CHECK(n == UINT64_MAX);
	CHECK(pick_number(text, "a", &n));
	CHECK_INT(n, 1);
	CHECK(!pick_number(text, "big", &n));
	CHECK(!pick_number(text, "s", &n));
	CHECK(!pick_number(text, "neg", &n));
	CHECK(!pick_number(text, "cut", &n));
	CHECK(!pick_number(text, "missing", &n));
	CHECK(pick_is(text, "no", "false"));
	CHECK(!pick_is(text, "no", "true"));
	CHECK(!pick_is(text, "size", "false"));
	CHECK(!pick_is(text, "missing", "false"));
}

static void picks_the_members_of_a_list(void)
{
	static const char text[] =
		"{\"list\" : [\n  {\"a\":\"}]\\\"{\"},\n"
		"{\"b\":{\"c\":[1]}} , {\"too\": \"long for the buf\"},{}"
		"], \"none\":[], \"n\": 1 }";
	const char *list = pick_list(text, "list");
	char member[20];

	CHECK(list != NULL);
	if (!list)
		return;
	list = pick_member(list, member, sizeof(member));
	CHECK_STR(member, "{\"a\":\"}]\\\"{\"}");
	list = pick_member(list, member, sizeof(member));
	CHECK_STR(member, "{\"b\":{\"c\":[1]}}");
	list = pick_member(list, member, sizeof(member));
	CHECK_STR(member, "");
	list = pick_member(list, member, sizeof(member));
	CHECK_STR(member, "{}");
	CHECK(!pick_member(list, member, sizeof(member)));
	list = pick_list(
		"{\"list\":[{\"a\":\"exactly 12 c\"}, {\"a\":\"exactly 11 \"}",
		"list");
	list = pick_member(list, member, sizeof(member));
	CHECK_STR(member, "");
	pick_member(list, member, sizeof(member));
	CHECK_STR(member, "{\"a\":\"exactly 11 \"}");
	list = pick_list(text, "none");
	CHECK(list && !pick_member(list, member, sizeof(member)));
	CHECK(!pick_list(text, "n"));
	CHECK(!pick_list(text, "missing"));
}

/* A file that is still on its way ends anywhere. */
static void ends_where_the_list_is_cut(void)
{
	static const char text[] = "{\"l\":[{\"a\":\"\\\"}\",\"b\":{}}]}";
	char cut[sizeof(text)], member[64];

	for (size_t len = 0; len < sizeof(text); len++) {
		const char *list;
		int n = 0;

		memcpy(cut, text, len);
		cut[len] = '\0';
		list = pick_list(cut, "l");
		while (list &&
		       (list = pick_member(list, member, sizeof(member))))
			n++;
		CHECK_INT(n, len >= sizeof(text) - 3);
	}
}

static void looks_only_at_the_keys_of_the_object(void)
{
	static const char text[] =
		" { \"a\" : {\"n\": 1, \"s\": \"x\"},\"b\":[{\"l\":[]}], "
		"\"c\": -1.5e3,\"\\\"n\":4, \"n\" : 2 "
		",\"s\":\"y,}\",\"z\":null,"
		"\"l\":[ {} ] }, \"t\": 5";
	unsigned long long n = 0;
	char member[8];
	const char *list;

	CHECK(pick_own_number(text, "n", &n));
	CHECK_INT(n, 2);
	CHECK(pick_own(text, "s", buf, sizeof(buf)));
	CHECK_STR(buf, "y,}");
	CHECK(pick_own(text, "z", buf, sizeof(buf)));
	CHECK_STR(buf, "");
	CHECK(!pick_own(text, "x", buf, sizeof(buf)));
	CHECK(!pick_own_number(text, "t", &n));
	CHECK(!pick_own_number(text, "s", &n));
	CHECK(!pick_own_list(text, "a"));
	list = pick_own_list(text, "l");
	CHECK(list && !pick_ended(list));
	list = pick_member(list, member, sizeof(member));
	CHECK_STR(member, "{}");
	CHECK(pick_ended(list));
	CHECK(!pick_member(list, member, sizeof(member)));
}

static void finds_nothing_of_its_own_in_what_is_no_object(void)
{
	static const char text[] = "{\"a\":[{\"k\":2}],\"b\":\"\\\"\",\"k\":1}";
	static const char *const broken[] = {
		"",
		"[]",
		"{",
		"{}",
		"{k:1}",
		"{\"k\" 1}",
		"{\"a\":1;\"k\":1}",
		"{,\"k\":1}",
		"{\"a\":{]\"",
		"{\"a\"\"k\":1}",
		"\"k\":1",
	};
	unsigned long long n;
	char cut[sizeof(text)];

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (pick_own_number(broken[i], "k", &n)) {
			printf("# found in %s\n", broken[i]);
			CHECK(0);
		}
	for (size_t len = 0; len < sizeof(text); len++) {
		memcpy(cut, text, len);
		cut[len] = '\0';
		CHECK_INT(pick_own_number(cut, "k", &n),
			  len >= sizeof(text) - 2);
	}
}

static void bears_text_that_is_not_json(void)
{
	CHECK_STR(json("", "host"), "");
	CHECK_STR(json("host\"", "host"), "");
	CHECK_STR(json("\"host\"", "host"), "");
	CHECK_STR(json("\"host\":", "host"), "");
	CHECK_STR(json("\"host\": \"", "host"), "");
	CHECK_STR(json("\"host\": \"cut", "host"), "cut");
	CHECK_STR(json("\"host\": null, \"x\": \"y\"", "host"), "");
}

static void lets_nothing_through_to_the_terminal(void)
{
	CHECK_STR(json("\"host\": \"a\x1b[31mb\x9b\x07\"", "host"),
		  "a?[31mb??");
	CHECK_STR(panic_of("Kernel panic - not syncing: \x1b]0;x\x07\n"),
		  "?]0;x?");
}

static void finds_the_panic_and_cuts_it(void)
{
	CHECK_STR(panic_of("[ 1.0] x\n[ 2.0] Kernel panic - not syncing: "
			   "sysrq\nmore"),
		  "sysrq");
	CHECK_STR(panic_of("Kernel panic - not syncing: 0123456789abcdefgh"),
		  "0123456789abcde");
	CHECK_STR(panic_of("all is well"), "");
}

static void writes_sizes_for_people(void)
{
	char size[16];

	pick_size(0, size);
	CHECK_STR(size, "0");
	pick_size(1023, size);
	CHECK_STR(size, "1023");
	pick_size(1024, size);
	CHECK_STR(size, "1.0K");
	pick_size(1900000000, size);
	CHECK_STR(size, "1.8G");
	pick_size(UINT64_MAX, size);
	CHECK_STR(size, "16.0E");
}

int main(void)
{
	RUN(picks_strings_from_json);
	RUN(picks_numbers_and_words);
	RUN(picks_the_members_of_a_list);
	RUN(ends_where_the_list_is_cut);
	RUN(looks_only_at_the_keys_of_the_object);
	RUN(finds_nothing_of_its_own_in_what_is_no_object);
	RUN(bears_text_that_is_not_json);
	RUN(lets_nothing_through_to_the_terminal);
	RUN(finds_the_panic_and_cuts_it);
	RUN(writes_sizes_for_people);
	return tap_done();
}
