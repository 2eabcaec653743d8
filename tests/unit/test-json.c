// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>

#include "capture/json.h"
#include "tests/tap.h"
#include "tests/unit/sink.h"

static int refuse(void *arg, const void *buf, size_t len)
{
	(void)buf;
	(void)len;
	++*(int *)arg;
	return -ENOSPC;
}

static void start(struct json *json)
{
	sunk_len = 0;
	json_init(json, sink, NULL);
}

/* What one string becomes, without the brackets around it. */
static const char *escaped(const char *value)
{
	struct json json;

	start(&json);
	json_string(&json, NULL, value);
	if (json_finish(&json))
		return NULL;
	sunk[sunk_len - 1] = '\0';
	return sunk;
}

static void writes_objects_arrays_and_values(void)
{
	struct json json;

	start(&json);
	json_object(&json, NULL);
	json_string(&json, "schema", "barecap-session");
	json_u64(&json, "size", UINT64_MAX);
	json_bool(&json, "set", false);
	json_object(&json, "kernel");
	json_string(&json, "release", NULL);
	json_close(&json);
	json_array(&json, "dumps");
	json_close(&json);
	json_array(&json, "objects");
	json_object(&json, NULL);
	json_u64(&json, "ms", 0);
	json_close(&json);
	json_u64(&json, NULL, 7);
	json_close(&json);
	json_close(&json);
	CHECK_INT(json_finish(&json), 0);
	CHECK_STR(sunk, "{\n"
			"  \"schema\": \"barecap-session\",\n"
			"  \"size\": 18446744073709551615,\n"
			"  \"set\": false,\n"
			"  \"kernel\": {\n"
			"    \"release\": null\n"
			"  },\n"
			"  \"dumps\": [],\n"
			"  \"objects\": [\n"
			"    {\n"
			"      \"ms\": 0\n"
			"    },\n"
			"    7\n"
			"  ]\n"
			"}\n");
}

static void escapes_what_json_forbids(void)
{
	CHECK_STR(escaped("a\"b\\c"), "\"a\\\"b\\\\c\"");
	CHECK_STR(escaped("\n\t\x01\x1f\x7f"),
		  "\"\\u000a\\u0009\\u0001\\u001f\\u007f\"");
	CHECK_STR(escaped(""), "\"\"");
}

static void keeps_utf8(void)
{
	CHECK_STR(escaped("\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa5"),
		  "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa5\"");
	CHECK_STR(escaped("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"");
	CHECK_STR(escaped("\xed\x9f\xbf"), "\"\xed\x9f\xbf\"");
}

static void replaces_what_is_not_utf8(void)
{
#define BAD "\xef\xbf\xbd"
	CHECK_STR(escaped("a\xff"
			  "b"),
		  "\"a" BAD "b\"");
	CHECK_STR(escaped("\xc3"), "\"" BAD "\""); /* cut short */
	CHECK_STR(escaped("\xe2\x82"), "\"" BAD BAD "\""); /* cut short */
	CHECK_STR(escaped("\xc0\xaf"), "\"" BAD BAD "\""); /* too long */
	CHECK_STR(escaped("\xe0\x80\xaf"), "\"" BAD BAD BAD "\"");
	CHECK_STR(escaped("\xed\xa0\x80"), "\"" BAD BAD BAD "\"");
	CHECK_STR(escaped("\xf4\x90\x80\x80"), "\"" BAD BAD BAD BAD "\"");
	CHECK_STR(escaped("\xf8"), "\"" BAD "\"");
#undef BAD
}

static void writes_more_than_its_buffer_holds(void)
{
	static char value[3 * JSON_BUFFER + 7];

	memset(value, 'x', sizeof(value) - 1);
	CHECK_STR(escaped(value) ? sunk + 1 + sizeof(value) - 1 : NULL, "\"");
	CHECK_INT(sunk_len, sizeof(value) - 1 + 3);
	sunk[sizeof(value)] = '\0';
	CHECK_STR(sunk + 1, value);
}

static void reports_the_first_error_of_the_sink(void)
{
	struct json json;
	int calls = 0;

	json_init(&json, refuse, &calls);
	json_array(&json, NULL);
	for (int i = 0; i < JSON_BUFFER; i++)
		json_u64(&json, NULL, 12345678);
	CHECK_INT(json_finish(&json), -ENOSPC);
	CHECK_INT(calls, 1);
}

static void refuses_to_nest_too_deep(void)
{
	struct json json;

	start(&json);
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_array(&json, NULL);
	CHECK_INT(json_finish(&json), -E2BIG);
}

int main(void)
{
	RUN(writes_objects_arrays_and_values);
	RUN(escapes_what_json_forbids);
	RUN(keeps_utf8);
	RUN(replaces_what_is_not_utf8);
	RUN(writes_more_than_its_buffer_holds);
	RUN(reports_the_first_error_of_the_sink);
	RUN(refuses_to_nest_too_deep);
	return tap_done();
}
