// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes to a store and comes from it, and how objects are cut into parts. */

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "netstream/log.h"
#include "netstream/s3-plan.h"
#include "netstream/s3.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define MIB (1ULL << 20)

static void object_urls_are_escaped(void)
{
	char url[S3_URL_MAX];

	CHECK_INT(s3_url(url, "https://h:1", "s3://b", "s", "vmcore"), 0);
	CHECK_STR(url, "https://h:1/b/s/vmcore");
	CHECK_INT(s3_url(url, "https://h/", "s3://b/p q/r+\xc3\xa4/", "s",
			 "device-dumps/00-a:b.zst"),
		  0);
	CHECK_STR(url, "https://h/b/p%20q/r%2B%C3%A4/s/"
		       "device-dumps/00-a%3Ab.zst");
}

static void urls_that_are_too_long_are_none(void)
{
	char url[S3_URL_MAX], prefix[S3_URL_MAX], id[S3_URL_MAX];

	memset(prefix, ' ', sizeof(prefix) - 1);
	memcpy(prefix, "s3://b", 6);
	prefix[sizeof(prefix) - 1] = '\0';
	CHECK_INT(s3_url(url, "https://h", prefix, "s", "o"), -ENAMETOOLONG);
	memset(id, '/', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	CHECK_INT(s3_upload_url(url, "https://h/b/o", 1, id), -ENAMETOOLONG);
}

static void queries_are_sorted_and_escaped(void)
{
	char url[S3_URL_MAX];

	CHECK_INT(s3_upload_url(url, "https://h/b/o", 17, "2~a/b=c"), 0);
	CHECK_STR(url, "https://h/b/o?partNumber=17&uploadId=2~a%2Fb%3Dc");
	CHECK_INT(s3_upload_url(url, "https://h/b/o", 0, "x"), 0);
	CHECK_STR(url, "https://h/b/o?uploadId=x");
}

static int has_header(const struct curl_slist *headers, const char *line)
{
	for (; headers; headers = headers->next)
		if (!strcmp(headers->data, line))
			return 1;
	return 0;
}

static void headers_carry_digest_clock_and_token(void)
{
	uint8_t sum[DIGEST_LEN] = { 0xab };
	struct curl_slist *headers;

	headers = s3_headers(sum, 1795364683, "t0ken");
	CHECK(has_header(
		headers,
		"x-amz-content-sha256: ab000000000000000000000000000000"
		"00000000000000000000000000000000"));
	CHECK(has_header(headers, "X-Amz-Date: 20261122T162443Z"));
	CHECK(has_header(headers, "x-amz-security-token: t0ken"));
	curl_slist_free_all(headers);

	/* The machine's clock is libcurl's business. */
	headers = s3_headers(sum, 0, NULL);
	for (const struct curl_slist *h = headers; h; h = h->next) {
		CHECK(strncmp(h->data, "X-Amz-Date", 10));
		CHECK(strncmp(h->data, "x-amz-security", 14));
	}
	curl_slist_free_all(headers);
}

static struct s3_reply reply;

static void parse(const char *line)
{
	s3_parse_header(&reply, line, strlen(line));
}

static void answers_tell_date_etag_and_delay(void)
{
	parse("HTTP/1.1 200 OK\r\n");
	parse("date: Sun, 22 Nov 2026 16:24:43 GMT\r\n");
	CHECK_INT(reply.retry_after.date, 1795364683);
	parse("ETag: \"0123456789abcdef0123456789abcdef\"\r\n");
	CHECK_STR(reply.etag, "\"0123456789abcdef0123456789abcdef\"");
	parse("Retry-After: 7\r\n");
	CHECK_INT(http_retry_after_s(&reply.retry_after), 7);
	parse("Content-Length: 12\r\n");
	CHECK(reply.has_length && reply.length == 12);
	parse("HTTP/1.1 503 Slow Down\r\n");
	CHECK_STR(reply.etag, "");
	CHECK(!reply.has_length);
}

static int text(char *ret, size_t size, const char *xml, const char *name)
{
	return s3_xml_text(ret, size, xml, strlen(xml), name);
}

static void finds_the_text_of_an_element(void)
{
	static const char xml[] =
		"<?xml version='1.0'?>\n<R xmlns=\"x\"><UploadIds/>"
		"<UploadId>2~a&amp;&quot;&lt;</UploadId><E></E><ETag>";
	char ret[16];

	CHECK_INT(text(ret, sizeof(ret), xml, "UploadId"), 0);
	CHECK_STR(ret, "2~a&\"<");
	CHECK_INT(text(ret, sizeof(ret), xml, "E"), 0);
	CHECK_STR(ret, "");
	CHECK_INT(text(ret, sizeof(ret), xml, "Upload"), -ENOENT);
	CHECK_INT(text(ret, sizeof(ret), xml, "ETag"), -EBADMSG);
	CHECK_INT(text(ret, 6, xml, "UploadId"), -ENAMETOOLONG);
	CHECK_INT(text(ret, sizeof(ret), "<a>\x1b[2J</a>", "a"), -EBADMSG);
	CHECK_INT(text(ret, sizeof(ret), "<a>&nbsp;</a>", "a"), -EBADMSG);
}

static void xml_that_is_cut_off_is_no_text(void)
{
	static const char xml[] = "<R><UploadId>abc</UploadId></R>";
	char ret[16];

	for (size_t cut = 0; cut < sizeof("<R><UploadId>abc"); cut++)
		CHECK(s3_xml_text(ret, sizeof(ret), xml, cut, "UploadId") ||
		      cut == sizeof("<R><UploadId>abc<") - 1);
}

static void part_lines_are_xml(void)
{
	char line[S3_PART_LINE_MAX];

	CHECK(s3_part_line(line, 3, "\"ab-&\"") > 0);
	CHECK_STR(line, "<Part><PartNumber>3</PartNumber>"
			"<ETag>&quot;ab-&amp;&quot;</ETag></Part>\n");
}

static void statuses_say_what_to_do(void)
{
	CHECK_INT(s3_status(200, ""), 0);
	CHECK_INT(s3_status(204, ""), 0);
	CHECK_INT(s3_status(200, "InternalError"), 1);
	CHECK_INT(s3_status(200, "NoSuchUpload"), -EPROTO);
	CHECK_INT(s3_status(403, "RequestTimeTooSkewed"), 1);
	CHECK_INT(s3_status(403, "AccessDenied"), -EACCES);
	CHECK_INT(s3_status(403, "QuotaExceeded"), -ENOSPC);
	CHECK_INT(s3_status(400, "BadDigest"), 1);
	CHECK_INT(s3_status(400, "XAmzContentSHA256Mismatch"), 1);
	CHECK_INT(s3_status(400, "RequestTimeout"), 1);
	CHECK_INT(s3_status(400, "InvalidArgument"), -EPROTO);
	CHECK_INT(s3_status(404, "NoSuchBucket"), -EPROTO);
	CHECK_INT(s3_status(500, ""), 1);
	CHECK_INT(s3_status(503, "SlowDown"), 1);
	CHECK_INT(s3_status(507, ""), -ENOSPC);
	CHECK_INT(s3_status(301, "PermanentRedirect"), -EPROTO);
}

/* Every byte is in one part; all but the last have the least length. */
static void check_plan(const struct s3_plan *plan, uint64_t size)
{
	uint64_t n = s3_plan_part(plan, size - 1);

	CHECK(n <= plan->max_parts);
	CHECK_INT(s3_plan_off(plan, 1), 0);
	for (uint64_t i = 1; i <= n; i++) {
		uint64_t off = s3_plan_off(plan, i);
		uint64_t end = s3_plan_off(plan, i + 1);

		CHECK_INT(s3_plan_part(plan, off), i);
		CHECK_INT(s3_plan_part(plan, end - 1), i);
		CHECK(end - off >= S3_PART_MIN);
	}
	CHECK(s3_plan_room(plan) >= size);
}

static void parts_are_few_enough_for_the_store(void)
{
	static const uint64_t limits[] = { 8, 1000, 10000 };
	static const uint64_t sizes[] = { 30, 700, 5000, 49000, 400000 };
	struct s3_plan plan;

	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 5; j++) {
			uint64_t max = sizes[j] * MIB, head = max / 170;

			s3_plan_init(&plan, limits[i]);
			s3_plan_head(&plan, head);
			CHECK(s3_plan_data(&plan, head, max, UINT64_MAX));
			check_plan(&plan, max);
			CHECK(plan.head_end >= head);
		}
}

static void the_head_has_no_parts_of_its_own_when_there_is_none(void)
{
	struct s3_plan plan;

	s3_plan_init(&plan, 10000);
	s3_plan_head(&plan, 0);
	CHECK(s3_plan_data(&plan, 0, 100 * MIB, 20 * MIB));
	CHECK_INT(plan.head_end, 0);
	CHECK_INT(s3_plan_part(&plan, 0), 1);
	check_plan(&plan, 100 * MIB);
}

static void memory_bounds_the_parts(void)
{
	struct s3_plan plan;

	s3_plan_init(&plan, 1000);
	s3_plan_head(&plan, MIB);
	CHECK(!s3_plan_data(&plan, MIB, 50000 * MIB, 16 * MIB));
	CHECK_INT(plan.data_len, 11 * MIB);
	CHECK_INT(s3_plan_room(&plan), 5 * MIB + 999 * 11 * MIB);
	/* There is always memory for the shortest. */
	CHECK(!s3_plan_data(&plan, MIB, 50000 * MIB, 0));
	CHECK_INT(plan.data_len, S3_PART_MIN);
}

static const char *credentials_file(const char *content, mode_t mode)
{
	static char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/credentials", scratch);
	remove(path);
	file = fopen(path, "w");
	fputs(content, file);
	fclose(file);
	chmod(path, mode);
	return path;
}

static void credentials_are_read_from_a_private_file(void)
{
	struct s3_credentials keys;

	CHECK_INT(
		s3_credentials_load(&keys, credentials_file("access_key a:b\n"
							    "secret_key s+/=\n"
							    "session_token t\n",
							    0600)),
		0);
	CHECK_STR(keys.access_key, "a:b");
	CHECK_STR(keys.secret_key, "s+/=");
	CHECK_STR(keys.session_token, "t");
	s3_credentials_free(&keys);
	CHECK(!keys.secret_key);
	CHECK_INT(s3_credentials_load(&keys, credentials_file("access_key a\n"
							      "secret_key s\n",
							      0640)),
		  -EINVAL);
	CHECK_INT(s3_credentials_load(&keys,
				      credentials_file("access_key a\n", 0600)),
		  -EINVAL);
	CHECK_INT(s3_credentials_load(
			  &keys, credentials_file("secretkey-alone\n", 0600)),
		  -EINVAL);
	CHECK_INT(s3_credentials_load(&keys, "/nonexistent"), -ENOENT);
}

int main(void)
{
	log_set_level(LOG_LEVEL_ERR - 1);
	close(scratch_make());
	RUN(object_urls_are_escaped);
	RUN(urls_that_are_too_long_are_none);
	RUN(queries_are_sorted_and_escaped);
	RUN(headers_carry_digest_clock_and_token);
	RUN(answers_tell_date_etag_and_delay);
	RUN(finds_the_text_of_an_element);
	RUN(xml_that_is_cut_off_is_no_text);
	RUN(part_lines_are_xml);
	RUN(statuses_say_what_to_do);
	RUN(parts_are_few_enough_for_the_store);
	RUN(the_head_has_no_parts_of_its_own_when_there_is_none);
	RUN(memory_bounds_the_parts);
	RUN(credentials_are_read_from_a_private_file);
	return tap_done();
}
