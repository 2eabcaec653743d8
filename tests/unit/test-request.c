// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/request.o netstream/collector/store.o
// objects: netstream/collector/state.o
#include <errno.h>
#include <stdlib.h>

#include "netstream/collector/request.h"
#include "tests/tap.h"

#define SESSION "20260102T030405Z-0a1b2c3d"
#define SESSION64 "MjAyNjAxMDJUMDMwNDA1Wi0wYTFiMmMzZA=="

static void reads_decimal_numbers_only(void)
{
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"0x10",
		"1e3",
		"12345678901234567890",
		"9223372036854775808",
		"18446744073709551616",
		"1,2",
	};
	uint64_t v = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_INT(request_number(bad[i], &v), -EINVAL);
		CHECK_INT(v, 7);
	}
	CHECK_INT(request_number("0", &v), 0);
	CHECK_INT(v, 0);
	CHECK_INT(request_number("9223372036854775807", &v), 0);
	CHECK_INT(v, INT64_MAX);
}

static void reads_the_path_of_an_object(void)
{
	struct object_name name;

	CHECK_INT(request_path("/files/web1/" SESSION "/vmcore", &name), 0);
	CHECK_STR(name.client, "web1");
	CHECK_STR(name.session, SESSION);
	CHECK_STR(name.object, "vmcore");
	CHECK_INT(request_path("/files/web1/s/device-dumps/00-x:1.zst", &name),
		  0);
	CHECK_STR(name.object, "device-dumps/00-x:1.zst");
}

static void refuses_paths_that_lead_elsewhere(void)
{
	static const char *const bad[] = {
		"",
		"/",
		"/files",
		"/files/",
		"/files/web1",
		"/files/web1/s",
		"/files/web1/s/",
		"/files//s/o",
		"/files/web1//o",
		"/files/web1/s/o/",
		"/files/web1/s//o",
		"/files/web1/s/a/b/c",
		"/files/../s/o",
		"/files/web1/../o",
		"/files/web1/s/..",
		"/files/web1/s/a/..",
		"/files/web1/s/.o.upload",
		"/files/web1/s/o.incomplete",
		"/files/web1/s/%2e%2e",
		"/files/web1/s/a%2fb",
		"/files/web1/s/a b",
		"/files/web1/s/a\\b",
		"/files/web1/s/\xc3\xa9",
		"/files/web:1/s/o",
		"files/web1/s/o",
		"/filesx/web1/s/o",
		"//files/web1/s/o",
	};
	struct object_name name;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (request_path(bad[i], &name) != -EINVAL)
			printf("# taken: %s\n", bad[i]);
		CHECK_INT(request_path(bad[i], &name), -EINVAL);
	}
}

static void refuses_parts_that_are_too_long(void)
{
	static const size_t max[] = { STORE_CLIENT_MAX, NAME_LEN_MAX,
				      NAME_LEN_MAX };
	struct object_name name;
	char path[512];

	for (size_t part = 0; part < 3; part++) {
		for (size_t more = 0; more < 2; more++) {
			int len[3] = { 1, 1, 1 };

			len[part] = (int)(max[part] + more);
			snprintf(path, sizeof(path), "/files/%0*d/%0*d/%0*d",
				 len[0], 1, len[1], 1, len[2], 1);
			CHECK_INT(request_path(path, &name),
				  more ? -EINVAL : 0);
		}
	}
}

static void reads_metadata(void)
{
	struct object_name name = { .client = "web1" };
	enum layout layout = LAYOUT_STREAM;

	CHECK_INT(request_metadata("session " SESSION64 ",object dm1jb3Jl,"
				   "layout ZmxhdA==,filename eA==",
				   &name, &layout),
		  0);
	CHECK_STR(name.client, "web1");
	CHECK_STR(name.session, SESSION);
	CHECK_STR(name.object, "vmcore");
	CHECK_INT(layout, LAYOUT_FLAT);
	/* any order, spaces, keys without a value */
	CHECK_INT(request_metadata(
			  " object  dm1jb3Jl , is_new, session " SESSION64 " ",
			  &name, &layout),
		  0);
	CHECK_INT(layout, LAYOUT_STREAM);
}

static void refuses_metadata_without_a_usable_name(void)
{
	static const char *const bad[] = {
		"",
		",",
		"session " SESSION64,
		"object dm1jb3Jl",
		"session " SESSION64 ",object Li4=",
		"session " SESSION64 ",object YS8uLi9i",
		"session " SESSION64 ",object L2V0Yy94",
		"session " SESSION64 ",object YQBi",
		"session " SESSION64 ",object YQpi",
		"session " SESSION64 ",object dm1jb3Jl,layout eA==",
		"session " SESSION64 ",object dm1jb3Jl,layout ZmxhdGZsYXQ=",
		"session Li4=,object dm1jb3Jl",
		"session !,object dm1jb3Jl",
		"session " SESSION64 " x,object dm1jb3Jl",
		"session " SESSION64 ";object dm1jb3Jl",
	};
	struct object_name name = { .session = "as it was" };
	enum layout layout = LAYOUT_FLAT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(request_metadata(bad[i], &name, &layout), -EINVAL);
	CHECK_STR(name.session, "as it was");
	CHECK_INT(layout, LAYOUT_FLAT);
}

static void decodes_base64_strictly(void)
{
	static const char *const bad[] = { "Z",	   "Zg",       "Zg=",	"Zh==",
					   "Zm9=", "Zg==Zg==", "====",	"Z===",
					   "Zm 9", "Zm-v",     "Zm9v\n" };
	uint8_t buf[8];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(request_base64(bad[i], strlen(bad[i]), buf, 8),
			  -EINVAL);
	CHECK_INT(request_base64("", 0, buf, 8), 0);
	CHECK_INT(request_base64("Zg==", 4, buf, 8), 1);
	CHECK_INT(request_base64("Zm8=", 4, buf, 8), 2);
	CHECK_INT(request_base64("Zm9v", 4, buf, 3), 3);
	CHECK_MEM(buf, "foo", 3);
	CHECK_INT(request_base64("Zm9v", 4, buf, 2), -EINVAL);
	CHECK_INT(request_base64("+/+/", 4, buf, 8), 3);
	CHECK_MEM(buf, "\xfb\xff\xbf", 3);
}

static void reads_a_sha256_checksum(void)
{
	static const char good[] =
		"sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	uint8_t sum[DIGEST_LEN];

	CHECK_INT(request_checksum(good, sum), 0);
	CHECK_MEM(sum, "\xe3\xb0\xc4\x42", 4);
	CHECK_INT(request_checksum("sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", sum),
		  -EINVAL);
	CHECK_INT(request_checksum("sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", sum),
		  -EINVAL);
	CHECK_INT(request_checksum("sha256", sum), -EINVAL);
	CHECK_INT(request_checksum("", sum), -EINVAL);
}

int main(void)
{
	RUN(reads_decimal_numbers_only);
	RUN(reads_the_path_of_an_object);
	RUN(refuses_paths_that_lead_elsewhere);
	RUN(refuses_parts_that_are_too_long);
	RUN(reads_metadata);
	RUN(refuses_metadata_without_a_usable_name);
	RUN(decodes_base64_strictly);
	RUN(reads_a_sha256_checksum);
	return tap_done();
}
