// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/name.o
// objects: capture/manifest.o capture/object.o capture/json.o netstream/procfs.o
// objects: netstream/target.o netstream/target-file.o netstream/digest-gnutls.o
// objects: netstream/io.o netstream/log.o

#include <errno.h>
#include <stdlib.h>

#include "capture/manifest.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

static char dir[] = "/tmp/test-manifest.XXXXXX";

/* Puts one object at the target. */
static int send(struct target *target, const char *name, const char *bytes,
		struct object_result *result)
{
	struct object object;
	int ret;

	ret = object_init(&object, target, name, OBJECT_STREAM);
	if (!ret && *bytes)
		ret = object_sink(&object, bytes, strlen(bytes));
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
		ret = manifest_write(manifest, "20261122T063633Z-00000001",
				     &object);
	if (!ret)
		ret = object_end(&object, &result);
	object_free(&object);
	return ret;
}

static const char expected[] =
	"{\n"
	"  \"schema\": \"barecap-manifest\",\n"
	"  \"version\": 1,\n"
	"  \"session\": \"20261122T063633Z-00000001\",\n"
	"  \"result\": \"complete\",\n"
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
	"      \"name\": \"empty\",\n"
	"      \"size\": 0,\n"
	"      \"sha256\": \"e3b0c44298fc1c149afbf4c8996fb924"
	"27ae41e4649b934ca495991b7852b855\",\n"
	"      \"layout\": \"flat\",\n"
	"      \"ms\": 5\n"
	"    }\n"
	"  ],\n"
	"  \"missing\": [\n"
	"    {\n"
	"      \"name\": \"vmcore-dmesg.txt\",\n"
	"      \"reason\": \"No data available\"\n"
	"    }\n"
	"  ],\n"
	"  \"vmcore\": {\n"
	"    \"zero_bytes\": 4096\n"
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
	manifest_init(&manifest, 7);
	CHECK(manifest.mem_available_min_kb > 0);
	CHECK(manifest.mem_available_min_kb != UINT64_MAX);
	manifest.mem_available_min_kb = 1234;
	manifest_sample(&manifest); /* more than that is free */
	CHECK_INT(send(target, "one", "abc", &result), 0);
	manifest_add(&manifest, &result);
	CHECK_INT(send(target, "empty", "", &result), 0);
	result.layout = OBJECT_RECORDS;
	manifest_add(&manifest, &result);
	manifest_missing(&manifest, "vmcore-dmesg.txt", -ENODATA);
	manifest.zero_bytes = 4096;
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

	snprintf(path, sizeof(path), "%s/a/manifest.json", dir);
	CHECK_INT(read_file(path, 1 << 20, &json, NULL), 0);
	if (!json)
		return;
	CHECK(strstr(json, ",\n    \"mem_available_min_kb\": 1234\n  }\n}\n"));
	json[sizeof(expected) - 1] = '\0';
	CHECK_STR(json, expected);
	free(json);
}

static void drops_what_the_table_cannot_hold(void)
{
	struct object_result result = { .name = "x" };
	struct manifest manifest;

	manifest_init(&manifest, 0);
	for (int i = 0; i < MANIFEST_OBJECTS_MAX + 3; i++) {
		manifest_add(&manifest, &result);
		manifest_missing(&manifest, "y", -EIO);
	}
	CHECK_INT(manifest.n_objects, MANIFEST_OBJECTS_MAX);
	CHECK_INT(manifest.n_missing, MANIFEST_OBJECTS_MAX);
}

int main(void)
{
	char command[64];

	log_set_level(0);
	if (!mkdtemp(dir))
		return 1;
	RUN(says_what_arrived_and_what_is_missing);
	RUN(drops_what_the_table_cannot_hold);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		return 1;
	return tap_done();
}
