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
	RUN(bears_text_that_is_not_json);
	RUN(lets_nothing_through_to_the_terminal);
	RUN(finds_the_panic_and_cuts_it);
	RUN(writes_sizes_for_people);
	return tap_done();
}
