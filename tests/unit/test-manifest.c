// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>

#include "capture/manifest.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

static char dir[] = "/tmp/test-manifest.XXXXXX";

/* Puts "abc" at the target, as a stream or as records of two parts. */
static int send(struct target *target, const char *name,
		enum object_layout layout, struct object_result *result)
{
	static const uint64_t offsets[] = { 0, 2 };
	struct object object;
	int ret;

	ret = object_init(&object, target, name, layout);
	if (!ret && layout == OBJECT_RECORDS)
		ret = object_parts(&object, offsets, 2);
	if (!ret && layout == OBJECT_RECORDS)
		ret = object_record(&object, 0, "abc", 3);
	else if (!ret)
		ret = object_sink(&object, "abc", 3);
	if (!ret)
		ret = object_end(&object, result);
	object_free(&object);
	result->ms = 5;
	return ret;
}

static int send_manifest(struct target *target, struct manifest *manifest)
{
	struct object_result result;
	struct object object;
	int ret;

	ret = object_init(&object, target, "manifest.json", OBJECT_STREAM);
	if (!ret)
		ret = manifest_write(manifest, &object);
	if (!ret)
		ret = object_end(&object, &result);
	object_free(&object);
	return ret;
}

/* Two of three device dumps are known; the second one is not in the vmcore. */
static struct device_dump dumps[] = {
	{ .name = "a b",
	  .object = "device-dumps/00-a_b.zst",
	  .note_off = 4096 },
	{ .name = "c", .object = "device-dumps/01-c.zst", .note_off = 8192 },
};
static struct plan_piece pieces[] = { { 0, 0 }, { 8192, 12288 } };
static const struct session session = {
	.id = "20261122T063633Z-00000001",
	.dumps = { .list = dumps, .n = 2, .total = 3 },
	.plan = { .pieces = pieces, .n_pieces = 2, .size = 65536 },
	.drivers = { .list = { { .name = "cxgb4",
				 .state = DRIVER_TIMEOUT,
				 .ms = 60000 } },
		     .n = 1 },
};

static const char expected[] =
	"{\n"
	"  \"schema\": \"barecap-manifest\",\n"
	"  \"version\": 1,\n"
	"  \"session\": \"20261122T063633Z-00000001\",\n"
	"  \"result\": \"partial\",\n"
	"  \"why\": \"the deadline was near\",\n"
	"  \"objects\": [\n"
	"    {\n"
	"      \"name\": \"one\",\n"
	"      \"size\": 3,\n"
	"      \"sha256\": \"ba7816bf8f01cfea414140de5dae2223"
	"b00361a396177a9cb410ff61f20015ad\",\n"
	"      \"layout\": \"stream\",\n"
	"      \"ms\": 5\n"
	"    },\n"
	"    {\n"
	"      \"name\": \"two\",\n"
	"      \"size\": 3,\n"
	"      \"parts\": [\n"
	"        {\n"
	"          \"offset\": 0,\n"
	"          \"size\": 2,\n"
	"          \"sha256\": \"fb8e20fc2e4c3f248c60c39bd652f3c1"
	"347298bb977b8b4d5903b85055620603\"\n"
	"        },\n"
	"        {\n"
	"          \"offset\": 2,\n"
	"          \"size\": 1,\n"
	"          \"sha256\": \"2e7d2c03a9507ae265ecf5b5356885a5"
	"3393a2029d241394997265a1a25aefc6\"\n"
	"        }\n"
	"      ],\n"
	"      \"layout\": \"flat\",\n"
	"      \"ms\": 5\n"
	"    },\n"
	"    {\n"
	"      \"name\": \"device-dumps/00-a_b.zst\",\n"
	"      \"size\": 0,\n"
	"      \"layout\": \"stream\",\n"
	"      \"ms\": 0,\n"
	"      \"device_dump\": {\n"
	"        \"name\": \"a b\",\n"
	"        \"index\": 0,\n"
	"        \"size\": 33,\n"
	"        \"sha256\": \"beef\",\n"
	"        \"in_vmcore\": true,\n"
	"        \"note_offset\": 4096\n"
	"      }\n"
	"    },\n"
	"    {\n"
	"      \"name\": \"device-dumps/01-c.zst\",\n"
	"      \"size\": 0,\n"
	"      \"layout\": \"stream\",\n"
	"      \"ms\": 0,\n"
	"      \"device_dump\": {\n"
	"        \"name\": \"c\",\n"
	"        \"index\": 1,\n"
	"        \"size\": 33,\n"
	"        \"sha256\": \"beef\",\n"
	"        \"in_vmcore\": false,\n"
	"        \"note_offset\": null\n"
	"      }\n"
	"    }\n"
	"  ],\n"
	"  \"missing\": [\n"
	"    {\n"
	"      \"name\": \"vmcore-dmesg.txt\",\n"
	"      \"reason\": \"No data available\"\n"
	"    },\n"
	"    {\n"
	"      \"name\": \"device-dumps/02-d.zst\",\n"
	"      \"reason\": \"the deadline was near\"\n"
	"    }\n"
	"  ],\n"
	"  \"n_device_dumps\": 3,\n"
	"  \"drivers\": [\n"
	"    {\n"
	"      \"name\": \"cxgb4\",\n"
	"      \"state\": \"timeout\",\n"
	"      \"error\": null,\n"
	"      \"ms\": 60000,\n"
	"      \"bytes\": 0\n"
	"    }\n"
	"  ],\n"
	"  \"targets\": [\n"
	"    {\n"
	"      \"url\": \"https://a/files\",\n"
	"      \"here\": false,\n"
	"      \"result\": \"refused\",\n"
	"      \"error\": \"Permission denied\",\n"
	"      \"tries\": 1,\n"
	"      \"acked\": 5,\n"
	"      \"ms\": 6\n"
	"    },\n"
	"    {\n"
	"      \"url\": \"https://b/files\",\n"
	"      \"here\": false,\n"
	"      \"result\": \"failed\",\n"
	"      \"error\": \"No space left on device\",\n"
	"      \"tries\": 2,\n"
	"      \"acked\": 0,\n"
	"      \"ms\": 0\n"
	"    },\n"
	"    {\n"
	"      \"url\": \"file:///c\",\n"
	"      \"here\": true,\n"
	"      \"result\": \"partial\",\n"
	"      \"error\": null,\n"
	"      \"tries\": 1,\n"
	"      \"acked\": 33,\n"
	"      \"ms\": \n"
	"    },\n"
	"    {\n"
	"      \"url\": \"file:///d\",\n"
	"      \"here\": false,\n"
	"      \"result\": \"untried\",\n"
	"      \"error\": null,\n"
	"      \"tries\": 0,\n"
	"      \"acked\": 0,\n"
	"      \"ms\": 0\n"
	"    }\n"
	"  ],\n"
	"  \"vmcore\": {\n"
	"    \"format\": \"elf\",\n"
	"    \"zero_bytes\": 4096,\n"
	"    \"unreadable_bytes\": 77\n"
	"  },\n"
	"  \"transfer\": {\n"
	"    \"chunk_size\": 11,\n"
	"    \"sent\": 22,\n"
	"    \"acked\": 33,\n"
	"    \"resent\": 44,\n"
	"    \"retries\": 55\n"
	"  },\n"
	"  \"timings_ms\": {\n"
	"    \"start\": 7,\n"
	"    \"first_ack\": 66,\n"
	"    \"vmcore_start\": 8,\n"
	"    \"vmcore_end\": 9\n"
	"  },\n"
	"  \"memory\": {\n"
	"    \"peak_rss_kb\": ";

static void add_dumps(struct manifest *manifest)
{
	const struct device_dump_content content = { 33, "beef" };
	struct object_result result = { 0 };

	for (size_t i = 0; i < 2; i++) {
		result.name = dumps[i].object;
		manifest_add(manifest, &result, &dumps[i], &content);
	}
}

/* It is the third one's manifest. */
static void add_targets(struct manifest *manifest)
{
	static const struct delivery list[] = {
		{ .name = "https://a/files",
		  .tries = 1,
		  .err = -EACCES,
		  .refused = true,
		  .stats = { .acked = 5 },
		  .ms = 6 },
		{ .name = "https://b/files", .tries = 2, .err = -ENOSPC },
		{ .name = "file:///c", .tries = 1 },
		{ .name = "file:///d" },
	};
	static struct delivery deliveries[4];

	memcpy(deliveries, list, sizeof(list));
	deliveries[2].try_ms = now_ms();
	manifest->deliveries = deliveries;
	manifest->n_deliveries = 4;
	manifest->delivery = &deliveries[2];
}

/* The time of the try that goes on is another one each time. */
static void drop_ms(char *json)
{
	char *url = strstr(json, "file:///c");
	char *ms = url ? strstr(url, "\"ms\": ") : NULL;

	if (ms)
		memmove(ms + 6, strchr(ms, '\n'), strlen(strchr(ms, '\n')) + 1);
}

static void says_what_arrived_and_what_is_missing(void)
{
	const struct target_config config = { 0 };
	struct object_result result = { 0 };
	struct manifest manifest;
	struct target *target;
	char url[64], path[128];
	char *json = NULL;

	snprintf(url, sizeof(url), "file://%s", dir);
	CHECK_INT(target_open(&target, url, &config, "a"), 0);
	CHECK_INT(manifest_init(&manifest, &session, 7), 0);
	CHECK(manifest.mem_available_min_kb > 0);
	CHECK(manifest.mem_available_min_kb != UINT64_MAX);
	manifest.mem_available_min_kb = 1234;
	manifest_sample(&manifest); /* more than that is free */
	CHECK_INT(send(target, "one", OBJECT_STREAM, &result), 0);
	manifest_add(&manifest, &result, NULL, NULL);
	CHECK_INT(send(target, "two", OBJECT_RECORDS, &result), 0);
	manifest_add(&manifest, &result, NULL, NULL);
	add_dumps(&manifest);
	manifest_missing(&manifest, "vmcore-dmesg.txt", -ENODATA);
	manifest_missing(&manifest, "device-dumps/02-d.zst", -ECANCELED);
	CHECK(manifest_has(&manifest, "two"));
	CHECK(manifest_has(&manifest, "vmcore-dmesg.txt"));
	CHECK(!manifest_has(&manifest, "vmcore"));
	manifest.partial = -ETIMEDOUT;
	add_targets(&manifest);
	manifest.format = FORMAT_ELF;
	manifest.elf = (struct elf_figures){ 4096, 77, false };
	manifest.vmcore_start_ms = 8;
	manifest.vmcore_end_ms = 9;
	target->stats = (struct target_stats){ .chunk_size = 11,
					       .sent = 22,
					       .acked = 33,
					       .resent = 44,
					       .retries = 55,
					       .first_ack_ms = 66 };
	CHECK_INT(send_manifest(target, &manifest), 0);
	target_close(target);
	manifest_free(&manifest);

	snprintf(path, sizeof(path), "%s/a/manifest.json", dir);
	CHECK_INT(read_file(path, 1 << 20, &json, NULL), 0);
	if (!json)
		return;
	CHECK(strstr(json, ",\n    \"mem_available_min_kb\": 1234\n  }\n}\n"));
	drop_ms(json);
	json[sizeof(expected) - 1] = '\0';
	CHECK_STR(json, expected);
	free(json);
}

static void has_room_for_all_device_dumps(void)
{
	static struct session crowded;
	struct object_result result = { .name = "x" };
	const size_t room = DEVICE_DUMPS_MAX + MANIFEST_OTHERS_MAX;
	struct manifest manifest;

	crowded.dumps.n = DEVICE_DUMPS_MAX;
	CHECK_INT(manifest_init(&manifest, &crowded, 0), 0);
	for (size_t i = 0; i < room + 3; i++) {
		result.parts = malloc(1);
		manifest_add(&manifest, &result, NULL, NULL);
		manifest_missing(&manifest, "y", -EIO);
	}
	CHECK_INT(manifest.n_objects, room);
	CHECK_INT(manifest.n_missing, room);
	CHECK_STR(manifest.objects[room - 1].result.name, "x");
	CHECK_STR(manifest.missing[room - 1].name, "y");
	manifest_free(&manifest);
}

int main(void)
{
	char command[64];

	log_set_level(0);
	if (!mkdtemp(dir))
		return 1;
	RUN(says_what_arrived_and_what_is_missing);
	RUN(has_room_for_all_device_dumps);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		return 1;
	return tap_done();
}
