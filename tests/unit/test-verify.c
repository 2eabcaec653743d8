// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/verify.o netstream/collector/walk.o
// objects: netstream/collector/pick.o netstream/collector/store.o
// objects: netstream/collector/state.o
/* Stores with one session of one client, right and wrong in many ways. */
#include <errno.h>
#include <sys/stat.h>

#include "netstream/collector/verify.h"
#include "netstream/digest.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define SESSION "web1/20260102T030405Z-00000001"
#define HEAD "{\"schema\": \"barecap-manifest\", \"version\": 1, "

static struct verify_total total;
static char *lines;
static char bytes[700000]; /* more than one buffer of verify.c */

static void put(const char *name, const void *buf, size_t len)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/" SESSION "/%s", scratch, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK_INT(write_full(fd, buf, len), 0);
	close(fd);
}

static void manifest(const char *text)
{
	put("manifest.json", text, strlen(text));
}

static const char *hex_of(size_t off, size_t len)
{
	static char hex[4][DIGEST_HEX_LEN];
	static unsigned int turn;
	struct digest *digest = digest_new();
	uint8_t sum[DIGEST_LEN];

	digest_update(digest, bytes + off, len);
	digest_final(digest, sum);
	digest_free(digest);
	turn = (turn + 1) % 4;
	digest_hex(sum, hex[turn]);
	return hex[turn];
}

/* What it prints of the store is in lines. */
static int verify(const char *what)
{
	size_t len;
	FILE *out;
	int ret;

	free(lines);
	out = open_memstream(&lines, &len);
	ret = verify_store(scratch, what, out, &total);
	fclose(out);
	return ret;
}

/* An object "vmcore" with the members in text. */
static void vmcore(const char *text)
{
	char buf[4096];

	snprintf(buf, sizeof(buf),
		 HEAD "\"objects\": [{\"name\": \"vmcore\", \"size\": %zu, "
		      "%s}]}",
		 sizeof(bytes), text);
	manifest(buf);
	put("vmcore", bytes, sizeof(bytes));
}

static void vmcore_of_parts(size_t first, size_t gap, size_t last)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "\"parts\": [{\"offset\": 0, \"size\": %zu, \"sha256\": "
		 "\"%s\"},{\"offset\": %zu, \"size\": %zu, \"sha256\": "
		 "\"%s\"}], \"layout\": \"flat\"",
		 first, hex_of(0, first), first + gap, last,
		 hex_of(first + gap, last));
	vmcore(text);
}

static void compares_the_whole(void)
{
	char text[128];

	snprintf(text, sizeof(text), "\"sha256\": \"%s\"",
		 hex_of(0, sizeof(bytes)));
	vmcore(text);
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION "/vmcore: ok\n");
	CHECK_INT(total.n_bad + total.n_incomplete, 0);

	bytes[600000] ^= 1;
	put("vmcore", bytes, sizeof(bytes));
	CHECK_INT(verify("web1"), 0);
	CHECK_STR(lines, SESSION "/vmcore: damaged: not the SHA-256\n");
	CHECK_INT(total.n_bad, 1);
	bytes[600000] ^= 1;

	put("vmcore", bytes, sizeof(bytes) - 1);
	CHECK_INT(verify(SESSION), 0);
	CHECK_STR(lines,
		  SESSION "/vmcore: damaged: 699999 bytes, not 700000\n");
	CHECK_INT(total.n_bad, 1);
}

static void compares_the_parts(void)
{
	vmcore_of_parts(300000, 0, 400000);
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION "/vmcore: ok\n");
	CHECK_INT(total.n_bad, 0);

	bytes[0] ^= 1;
	bytes[300000] ^= 128;
	put("vmcore", bytes, sizeof(bytes));
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION "/vmcore: damaged: 300000 bytes at 0: "
				 "not the SHA-256\n" SESSION
				 "/vmcore: damaged: 400000 bytes at 300000: "
				 "not the SHA-256\n");
	CHECK_INT(total.n_bad, 1);
	bytes[0] ^= 1;
	put("vmcore", bytes, sizeof(bytes));
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION "/vmcore: damaged: 400000 bytes at 300000: "
				 "not the SHA-256\n");
	bytes[300000] ^= 128;
}

static void parts_cover_the_object(void)
{
	static const char line[] =
		SESSION "/vmcore: the manifest's parts do not cover it\n";

	vmcore_of_parts(300000, 1, 399999);
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, line);
	vmcore_of_parts(300000, 0, 399999);
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, line);
	CHECK_INT(total.n_bad, 1);
	vmcore("\"parts\": []");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, line);
	vmcore("\"parts\": [{\"offset\": 1, \"size\": 700000}]");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, line);
	vmcore("\"parts\": [{\"offset\": 0, \"size\": 700001}]");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, line);
	vmcore("\"parts\": [{\"offset\": 0, \"size\": 700000}, 5]");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, line);
	vmcore("\"parts\": [{\"offset\": 0, \"size\": 700000}]");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION "/vmcore: damaged: 700000 bytes at 0: "
				 "not the SHA-256\n");
}

/* The digest of what is inside of a device dump is not that of the object. */
static void goes_without_a_digest(void)
{
	vmcore("\"device_dump\": {\"sha256\": \"00\", \"size\": 3}");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION "/vmcore: has its size, there is no digest\n");
	CHECK_INT(total.n_bad, 0);
	vmcore("\"sha256\": null");
	CHECK_INT(verify(NULL), 0);
	CHECK_INT(total.n_bad, 1);
}

/* Bytes of it that are not what they were are damage all the same. */
static void says_that_a_session_is_partial(void)
{
	manifest(HEAD "\"result\": \"partial\", \"objects\": ["
		      "{\"name\": \"vmcore\", \"size\": 700000}],"
		      "\"missing\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION ": partial, 2 missing or cut off\n" SESSION
				 "/vmcore: has its size, there is no digest\n");
	CHECK_INT(total.n_incomplete, 1);
	CHECK_INT(total.n_bad, 0);
	manifest(HEAD "\"result\": \"partial\", \"objects\": []}");
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION ": partial, 0 missing or cut off\n");
	CHECK_INT(total.n_bad, 0);
	manifest(HEAD "\"result\": \"partial\"}");
	CHECK_INT(verify(NULL), 0);
	CHECK_INT(total.n_bad, 1);
}

static void names_what_is_missing(void)
{
	char path[256];

	manifest(HEAD "\"objects\": [{\"name\": \"gone\", \"size\": 1},"
		      "{\"name\": \"no/dir\", \"size\": 1},"
		      "{\"name\": \"vmcore\"}, {\"name\": \"link\", "
		      "\"size\": 1}, {\"name\": \"dir\", \"size\": 1}]}");
	snprintf(path, sizeof(path), "%s/" SESSION "/link", scratch);
	CHECK_INT(symlink("vmcore", path), 0);
	snprintf(path, sizeof(path), "%s/" SESSION "/dir", scratch);
	CHECK_INT(mkdir(path, 0700), 0);
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION
		  "/gone: missing: No such file or directory\n" SESSION
		  "/no/dir: missing: No such file or directory\n" SESSION
		  "/vmcore: the manifest has no size\n" SESSION
		  "/link: missing: Too many levels of symbolic links\n" SESSION
		  "/dir: not a file\n");
	CHECK_INT(total.n_bad, 5);
}

static void refuses_names_that_are_none(void)
{
	static const char line[] =
		SESSION ": the manifest names what is no object\n";
	static const char *const names[] = {
		"../vmcore", "/etc/passwd",	  "", ".hidden", "a/b/c",
		"a\x1b[m",   "vmcore.incomplete",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text),
			 HEAD "\"objects\": [{\"name\": \"%s\", \"size\": 1}]}",
			 names[i]);
		manifest(text);
		CHECK_INT(verify(NULL), 0);
		CHECK_STR(lines, line);
		CHECK_INT(total.n_bad, 1);
	}
}

static void reads_a_manifest_to_its_end(void)
{
	static const char line[] =
		SESSION ": not a manifest that can be read to its end\n";
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		HEAD "\"objects\": []}",
		HEAD "\"objects\": {}}",
		HEAD "\"x\": {\"objects\": [{\"name\": \"a\"}]}}",
		"{\"objects\": [{\"name\": \"a\"}]}",
		"{\"schema\": \"barecap-session\", \"objects\": [{}]}",
	};
	static char many[32000];
	size_t len;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		manifest(texts[i]);
		CHECK_INT(verify(NULL), 0);
		CHECK_STR(lines, line);
		CHECK_INT(total.n_bad, 1);
	}
	/* Cut off behind an object that is right. */
	vmcore("\"layout\": \"flat\"");
	manifest(HEAD "\"objects\": [{\"name\": \"vmcore\", \"size\": 700000},"
		      "{\"name\": ");
	CHECK_INT(verify(NULL), 0);
	CHECK_INT(total.n_bad, 1);
	CHECK(strstr(lines, line));
	/* No client makes the operator's machine read for ever. */
	len = (size_t)sprintf(many, HEAD "\"objects\": [{}");
	for (int i = 0; i < 5000; i++)
		len += (size_t)sprintf(many + len, ",{}");
	sprintf(many + len, "]}");
	manifest(many);
	CHECK_INT(verify(NULL), 0);
	CHECK_INT(total.n_bad, 2049);
	CHECK(strstr(lines, line));
}

static void tells_incomplete_sessions(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/" SESSION "/manifest.json", scratch);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(verify(NULL), 0);
	CHECK_STR(lines, SESSION ": incomplete, has no manifest yet\n");
	CHECK_INT(total.n_incomplete, 1);
	CHECK_INT(total.n_bad, 0);
}

static void tells_what_is_not_there(void)
{
	CHECK_INT(verify("web2"), -ENOENT);
	CHECK_INT(verify("web1/20260102T030405Z-00000002"), -ENOENT);
	CHECK_INT(verify("../" SESSION), -ENOENT);
	CHECK_INT(verify(""), -ENOENT);
	CHECK_STR(lines, "");
}

int main(void)
{
	char path[256];

	log_set_level(0);
	close(scratch_make());
	snprintf(path, sizeof(path), "%s/web1", scratch);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/" SESSION, scratch);
	mkdir(path, 0700);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * i >> 3);
	RUN(compares_the_whole);
	RUN(compares_the_parts);
	RUN(parts_cover_the_object);
	RUN(goes_without_a_digest);
	RUN(says_that_a_session_is_partial);
	RUN(names_what_is_missing);
	RUN(refuses_names_that_are_none);
	RUN(reads_a_manifest_to_its_end);
	RUN(tells_incomplete_sessions);
	RUN(tells_what_is_not_there);
	free(lines);
	return tap_done();
}
