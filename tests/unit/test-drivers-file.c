// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>

#include "capture/drivers.h"
#include "netstream/io.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

static struct drivers drivers;
static char path[64];

static int read_text(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fwrite(text, 1, len, f) == len && fclose(f) == 0);
	return drivers_read(&drivers, path);
}

static int read_line(const char *text)
{
	return read_text(text, strlen(text));
}

static const struct drivers example = {
	.list = {
		{ .name = "cxgb4", .state = DRIVER_LOADED, .ms = 12,
		  .bytes = UINT64_MAX },
		{ .name = "snd-x_y", .state = DRIVER_FAILED, .err = -ENOMEM },
		{ .name = "gone", .state = DRIVER_MISSING },
		{ .name = "stuck", .state = DRIVER_TIMEOUT, .ms = 60001 },
		{ .name = "a", .state = DRIVER_OOPS, .bytes = 4096 },
		{ .name = "b", .state = DRIVER_KILLED },
		{ .name = "c", .state = DRIVER_LOADING },
	},
	.n = 7,
};

static void reads_what_it_saved(void)
{
	char *text;

	CHECK_INT(drivers_save(&example, path), 0);
	CHECK_INT(read_file(path, 4096, &text, NULL), 0);
	CHECK_STR(text, "cxgb4 loaded 0 12 18446744073709551615\n"
			"snd-x_y failed 12 0 0\n"
			"gone missing 0 0 0\n"
			"stuck timeout 0 60001 0\n"
			"a oops 0 0 4096\n"
			"b killed 0 0 0\n"
			"c loading 0 0 0\n");
	free(text);
	memset(&drivers, 0xff, sizeof(drivers));
	CHECK_INT(drivers_read(&drivers, path), 0);
	CHECK_INT(drivers.n, example.n);
	CHECK_MEM(drivers.list, example.list,
		  example.n * sizeof(example.list[0]));
}

/* The longest of everything, as often as there can be. */
static void holds_as_many_as_there_can_be(void)
{
	static struct drivers full = { .n = DRIVERS_MAX };
	struct driver *last = &full.list[DRIVERS_MAX - 1];

	for (size_t i = 0; i < DRIVERS_MAX; i++) {
		memset(full.list[i].name, 'n', DRIVER_NAME_MAX);
		full.list[i].state = DRIVER_FAILED;
		full.list[i].err = -4095;
		full.list[i].ms = full.list[i].bytes = UINT64_MAX;
	}
	CHECK_INT(drivers_save(&full, path), 0);
	CHECK_INT(drivers_read(&drivers, path), 0);
	CHECK_INT(drivers.n, DRIVERS_MAX);
	CHECK_MEM(&drivers.list[DRIVERS_MAX - 1], last, sizeof(*last));
}

static void one_more_is_refused(void)
{
	static char text[16 * (DRIVERS_MAX + 1) + 1];

	for (int i = 0; i <= DRIVERS_MAX; i++)
		strcat(text, "a loaded 0 0 0\n");
	CHECK_INT(read_line(text), -EBADMSG);
	CHECK_INT(drivers.n, 0);
	text[strlen(text) - strlen("a loaded 0 0 0\n")] = '\0';
	CHECK_INT(read_line(text), 0);
	CHECK_INT(drivers.n, DRIVERS_MAX);
}

static void an_empty_file_is_no_drivers(void)
{
	struct drivers none = { .n = 0 };

	CHECK_INT(drivers_save(&none, path), 0);
	CHECK_INT(drivers_read(&drivers, path), 0);
	CHECK_INT(drivers.n, 0);
	unlink(path);
	CHECK_INT(drivers_read(&drivers, path), -ENOENT);
	CHECK_INT(drivers_save(&none, "/nonexistent/dir/drivers"), -ENOENT);
}

static void refuses_other_lines(void)
{
	static const char *const lines[] = {
		"\n",
		"a loaded 0 0 0",
		"a loaded 0 0\n",
		"a loaded 0 0 0 0\n",
		"a loaded 0 0 0 \n",
		" a loaded 0 0 0\n",
		"a  loaded 0 0 0\n",
		"a Loaded 0 0 0\n",
		"a  0 0 0\n",
		"a loaded 1 0 0\n",
		"a failed 0 0 0\n",
		"a failed -12 0 0\n",
		"a failed 4096 0 0\n",
		"a loaded 0 +1 0\n",
		"a loaded 0 0x1 0\n",
		"a loaded 0  0\n",
		"a loaded 0 0 18446744073709551616\n",
		"a loaded 0 0 0\r\n",
		"a/b loaded 0 0 0\n",
		"a\"b loaded 0 0 0\n",
		"a loaded 0 0 0\n\n",
		/* 56 bytes */
		"n123456789n123456789n123456789n123456789n123456789n12345"
		" loaded 0 0 0\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (read_line(lines[i]) != -EBADMSG || drivers.n) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
	CHECK_INT(read_text("a loaded 0 0\0 0\n", 17), -EBADMSG);
}

/* No cut line passes for a whole one. */
static void survives_a_cut_at_every_byte(void)
{
	static const char text[] = "cxgb4 failed 12 34 56\nb killed 0 1 2\n";

	for (size_t len = 1; len < sizeof(text) - 1; len++)
		CHECK_INT(read_text(text, len),
			  text[len - 1] == '\n' ? 0 : -EBADMSG);
}

static int collect(void *arg, const void *buf, size_t len)
{
	strncat(arg, buf, len);
	return 0;
}

static void writes_json(void)
{
	struct drivers two = {
		.list = { example.list[0], example.list[1] },
		.n = 2,
	};
	char text[1024] = "";
	struct json json;

	json_init(&json, collect, text);
	json_object(&json, NULL);
	drivers_write(&two, &json);
	CHECK_INT(json_finish(&json), 0);
	CHECK_STR(text, "{\n"
			"  \"drivers\": [\n"
			"    {\n"
			"      \"name\": \"cxgb4\",\n"
			"      \"state\": \"loaded\",\n"
			"      \"error\": null,\n"
			"      \"ms\": 12,\n"
			"      \"bytes\": 18446744073709551615\n"
			"    },\n"
			"    {\n"
			"      \"name\": \"snd-x_y\",\n"
			"      \"state\": \"failed\",\n"
			"      \"error\": \"Cannot allocate memory\",\n"
			"      \"ms\": 0,\n"
			"      \"bytes\": 0\n"
			"    }\n"
			"  ]\n"
			"}\n");
}

int main(void)
{
	close(scratch_make());
	snprintf(path, sizeof(path), "%s/drivers", scratch);
	RUN(reads_what_it_saved);
	RUN(holds_as_many_as_there_can_be);
	RUN(one_more_is_refused);
	RUN(an_empty_file_is_no_drivers);
	RUN(refuses_other_lines);
	RUN(survives_a_cut_at_every_byte);
	RUN(writes_json);
	return tap_done();
}
