// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "../../netstream/tls-cipher.h"
#include "../../netstream/tus.h"
#include "../tap.h"

#define SESSION "20260102T030405Z-0a1b2c3d"

static struct tus_reply reply;

static const struct tus_reply *parse(const char *line)
{
	tus_parse_header(&reply, "HTTP/1.1 200 OK\r\n", 17);
	tus_parse_header(&reply, line, strlen(line));
	return &reply;
}

/* Without the header and with a bad one, the outcome is the same. */
static void reads_an_offset_or_none(void)
{
	static const char *const bad[] = {
		"Upload-Offset:\r\n",
		"Upload-Offset: \r\n",
		"Upload-Offset: -1\r\n",
		"Upload-Offset: +1\r\n",
		"Upload-Offset: 0x10\r\n",
		"Upload-Offset: 1 2\r\n",
		"Upload-Offset: 1,2\r\n",
		"Upload-Offset: 9223372036854775808\r\n",
		"Upload-Offset: 18446744073709551617\r\n",
		"Upload-Offset 12\r\n",
		"X-Upload-Offset: 12\r\n",
		"Upload-Offsets: 12\r\n",
		"\r\n",
		"",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!parse(bad[i])->has_offset);
	CHECK(parse("Upload-Offset: 0\r\n")->has_offset);
	CHECK_INT(reply.offset, 0);
	CHECK(parse("upload-offset:\t 4096 \r\n")->has_offset);
	CHECK_INT(reply.offset, 4096);
	CHECK(parse("UPLOAD-OFFSET:9223372036854775807")->has_offset);
	CHECK_INT(reply.offset, INT64_MAX);
	CHECK(parse("Upload-Length: 17\r\n")->has_length);
	CHECK_INT(reply.length, 17);
	CHECK(!reply.has_offset);
}

static void starts_anew_at_a_status_line(void)
{
	parse("Upload-Offset: 5\r\n");
	tus_parse_header(&reply, "Location: /x\r\n", 14);
	tus_parse_header(&reply, "HTTP/1.1 204 No Content\r\n", 25);
	CHECK(!reply.has_offset);
	CHECK_STR(reply.location, "");
}

static void finds_the_checksum_extension(void)
{
	CHECK(parse("Tus-Extension: creation,checksum\r\n")->checksum);
	CHECK(parse("Tus-Extension: checksum , creation\r\n")->checksum);
	CHECK(parse("Tus-Extension: checksum\r\n")->checksum);
	CHECK(!parse("Tus-Extension: checksum-trailer\r\n")->checksum);
	CHECK(!parse("Tus-Extension: xchecksum, creation\r\n")->checksum);
	CHECK(!parse("Tus-Extension: ,,\r\n")->checksum);
	CHECK(!parse("Tus-Extension:\r\n")->checksum);
	CHECK(parse("Tus-Checksum-Algorithm: md5,sha1,sha256\r\n")->sha256);
	CHECK(!parse("Tus-Checksum-Algorithm: sha2567,sha1\r\n")->sha256);
}

/* Seconds that an answer with these two lines asks to wait. */
static uint32_t retry_after_s(const char *line, const char *other)
{
	parse(line);
	tus_parse_header(&reply, other, strlen(other));
	return http_retry_after_s(&reply.retry_after);
}

static void reads_retry_after_in_seconds(void)
{
	CHECK_INT(retry_after_s("Retry-After: 7\r\n", ""), 7);
	CHECK_INT(retry_after_s("Retry-After: 99999999999\r\n", ""),
		  UINT32_MAX);
	CHECK_INT(retry_after_s("Retry-After: -7\r\n", ""), 0);
}

static void reads_retry_after_on_the_clock_of_the_server(void)
{
	static const char date[] = "Date: Sun, 28 Feb 2100 23:59:50 GMT\r\n";
	static const char *const wrong[] = {
		"Retry-After: Mon, 01 Mar 2100 00:00:05 GMX",
		"Retry-After: Mon, 01 Mar 2100 00:00:05 GMT ago",
		"Retry-After: Mon, 01 arM 2100 00:00:05 GMT",
		"Retry-After: Mon, 01     2100 00:00:05 GMT",
		"Retry-After: Mon, 01 Mar 2100 00:00:05",
		"Retry-After: Sun, 28 Feb 2100 23:59:49 GMT",
		"Retry-After:",
	};

	CHECK_INT(retry_after_s("Retry-After: Mon, 01 Mar 2100 00:00:05 GMT",
				date),
		  15);
	CHECK_INT(retry_after_s(date,
				"Retry-After: Mon, 01 Mar 2100 00:00:05 GMT"),
		  15);
	CHECK_INT(
		retry_after_s("Retry-After: Mon, 01 Mar 2100 00:00:05 GMT", ""),
		0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_INT(retry_after_s(wrong[i], date), 0);
}

static void drops_a_location_that_is_too_long(void)
{
	char line[TUS_URL_MAX + 32];

	memset(line, 'a', sizeof(line));
	memcpy(line, "Location: /", 11);
	tus_parse_header(&reply, "HTTP/1.1 201 Created", 20);
	tus_parse_header(&reply, line, 10 + TUS_URL_MAX);
	CHECK_STR(reply.location, "");
	tus_parse_header(&reply, line, 10 + TUS_URL_MAX - 1);
	CHECK_INT(strlen(reply.location), TUS_URL_MAX - 1);
}

static void encodes_metadata(void)
{
	char buf[TUS_METADATA_MAX];

	CHECK_INT(tus_metadata(buf, sizeof(buf), SESSION, "vmcore", "flat"), 0);
	CHECK_STR(buf, "session MjAyNjAxMDJUMDMwNDA1Wi0wYTFiMmMzZA==,"
		       "object dm1jb3Jl,layout ZmxhdA==,filename "
		       "MjAyNjAxMDJUMDMwNDA1Wi0wYTFiMmMzZC92bWNvcmU=");
	/* One, two and three bytes, and those that make + and /. */
	CHECK_INT(tus_metadata(buf, sizeof(buf), "a", "bc", "\xfb\xff\xfe"), 0);
	CHECK_STR(buf, "session YQ==,object YmM=,layout +//+,"
		       "filename YS9iYw==");
}

static void says_when_metadata_does_not_fit(void)
{
	char buf[256], want[256], name[300];
	size_t len;

	CHECK_INT(tus_metadata(want, sizeof(want), "s", "o", "flat"), 0);
	len = strlen(want);
	for (size_t size = 0; size <= len; size++)
		CHECK_INT(tus_metadata(buf, size, "s", "o", "flat"), -ENOSPC);
	CHECK_INT(tus_metadata(buf, len + 2, "s", "o", "flat"), 0);
	CHECK_STR(buf, want);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK_INT(tus_metadata(buf, sizeof(buf), "s", name, "flat"), -ENOSPC);
}

/* SHA-256 of nothing, in base64. */
static void encodes_a_checksum(void)
{
	static const uint8_t sum[DIGEST_LEN] =
		"\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9"
		"\x24\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52"
		"\xb8\x55";
	char buf[TUS_CHECKSUM_MAX];

	tus_checksum(buf, sum);
	CHECK_STR(buf, "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

static bool has_header(const struct curl_slist *list, const char *line)
{
	for (; list; list = list->next) {
		if (!strcmp(list->data, line))
			return true;
	}
	return false;
}

static void makes_the_headers_of_a_patch(void)
{
	uint8_t sum[DIGEST_LEN] = { 0 };
	struct curl_slist *list;

	list = tus_patch_headers(4096, TUS_LENGTH_UNKNOWN, NULL, false);
	CHECK(has_header(list, "Tus-Resumable: 1.0.0"));
	CHECK(has_header(list, "Upload-Offset: 4096"));
	CHECK(has_header(list, "Expect:"));
	CHECK(has_header(list,
			 "Content-Type: application/offset+octet-stream"));
	CHECK(list && list->next->next->next && !list->next->next->next->next);
	curl_slist_free_all(list);
	list = tus_patch_headers(0, 0, sum, true);
	CHECK(has_header(list, "Expect: 100-continue"));
	CHECK(has_header(list, "Upload-Length: 0"));
	CHECK(has_header(list, "Upload-Checksum: sha256 AAAAAAAAAAAAAAAAAAAAA"
			       "AAAAAAAAAAAAAAAAAAAAAA="));
	curl_slist_free_all(list);
}

static void stays_on_the_server_of_the_endpoint(void)
{
	static const struct {
		const char *endpoint, *location, *url;
	} cases[] = {
		{ "https://h:1/files", "/files/a/b", "https://h:1/files/a/b" },
		{ "https://h:1/files/", "a/b", "https://h:1/files/a/b" },
		{ "https://h:1/files", "https://h:1/x?y=z",
		  "https://h:1/x?y=z" },
		{ "https://h:1/files?q=1", "/x", "https://h:1/x" },
		{ "https://H/files", "https://h:443/x", "https://H/x" },
		/* A server that does not know of the TLS in front of it. */
		{ "https://h/files", "http://h/x", "https://h/x" },
		{ "https://h:1/files", "http://h:1/x", "https://h:1/x" },
		{ "https://h:1/files", "//h:1/x", "https://h:1/x" },
		{ "https://h:1/files", "https://h:2/x", NULL },
		{ "https://h:1/files", "https://h/x", NULL },
		{ "https://h/files", "https://evil/x", NULL },
		{ "https://h/files", "//evil/x", NULL },
		{ "https://h/files", "https://h@evil/x", NULL },
		{ "https://h/files", "https://user:pw@h/x", "https://h/x" },
		{ "https://h/files", "", NULL },
		{ "https://h/files", "https://", NULL },
	};
	char url[TUS_URL_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int ret = tus_resolve(url, sizeof(url), cases[i].endpoint,
				      cases[i].location);

		CHECK_INT(ret, cases[i].url ? 0 : -EPROTO);
		if (!ret && cases[i].url)
			CHECK_STR(url, cases[i].url);
		else if (!ret)
			printf("# accepted: %s\n", cases[i].location);
	}
	CHECK_INT(tus_resolve(url, 12, "https://h/f", "/xyz"), -EPROTO);
	CHECK_INT(tus_resolve(url, 14, "https://h/f", "/xyz"), 0);
}

static void keeps_one_printable_line_of_an_answer(void)
{
	char text[TUS_TEXT_MAX + 1], body[2 * TUS_TEXT_MAX];

	tus_text(text, "store full\nsecond line\n", 23);
	CHECK_STR(text, "store full");
	tus_text(text, "a\x1b[2J\xc3\0b\r\n", 10);
	CHECK_STR(text, "a?[2J??b");
	tus_text(text, "\n", 1);
	CHECK_STR(text, "");
	tus_text(text, NULL, 0);
	CHECK_STR(text, "");
	memset(body, 'x', sizeof(body));
	tus_text(text, body, sizeof(body));
	CHECK_INT(strlen(text), TUS_TEXT_MAX);
}

static void knows_which_refusals_are_final(void)
{
	static const struct {
		long status;
		int want;
	} cases[] = {
		{ 200, 0 },	  { 201, 0 },	    { 204, 0 },
		{ 408, 1 },	  { 409, 1 },	    { 423, 1 },
		{ 429, 1 },	  { 460, 1 },	    { 500, 1 },
		{ 502, 1 },	  { 503, 1 },	    { 507, 1 },
		{ 401, -EACCES }, { 403, -EACCES }, { 413, -EFBIG },
		{ 400, -EPROTO }, { 404, -EPROTO }, { 410, -EPROTO },
		{ 412, -EPROTO }, { 415, -EPROTO }, { 301, -EPROTO },
		{ 100, -EPROTO }, { 202, -EPROTO },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_INT(tus_status(cases[i].status), cases[i].want);
}

static void asks_for_the_cheaper_cipher(void)
{
	struct tls_cpu real = { .has_aes = true };
	struct tls_cpu tcg = { .has_aes = true, .emulated = true };
	struct tls_cpu old = { .has_aes = false }, this;

	CHECK(!strncmp(tls_cipher_order(&real), "TLS_AES_128_GCM", 15));
	CHECK(!strncmp(tls_cipher_order(&tcg), "TLS_CHACHA20", 12));
	CHECK(!strncmp(tls_cipher_order(&old), "TLS_CHACHA20", 12));
	/* Both are offered: a server may have only one. */
	CHECK(strstr(tls_cipher_order(&real), ":TLS_CHACHA20") != NULL);
	CHECK(strstr(tls_cipher_order(&tcg), ":TLS_AES_128_GCM") != NULL);
	tls_cpu_detect(&this);
	printf("# this machine: AES %d, TCG %d\n", this.has_aes, this.emulated);
}

int main(void)
{
	RUN(reads_an_offset_or_none);
	RUN(starts_anew_at_a_status_line);
	RUN(finds_the_checksum_extension);
	RUN(reads_retry_after_in_seconds);
	RUN(reads_retry_after_on_the_clock_of_the_server);
	RUN(drops_a_location_that_is_too_long);
	RUN(encodes_metadata);
	RUN(says_when_metadata_does_not_fit);
	RUN(encodes_a_checksum);
	RUN(makes_the_headers_of_a_patch);
	RUN(stays_on_the_server_of_the_endpoint);
	RUN(keeps_one_printable_line_of_an_answer);
	RUN(knows_which_refusals_are_final);
	RUN(asks_for_the_cheaper_cipher);
	return tap_done();
}
