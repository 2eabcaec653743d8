// SPDX-License-Identifier: GPL-2.0-or-later
/* What a store answers: lines of a head, and an XML body. */
#include <stddef.h>
#include <stdint.h>

#include "../../netstream/conf.c"
#include "../../netstream/digest-gnutls.c"
#include "../../netstream/http-field.c"
#include "../../netstream/io.c"
#include "../../netstream/log.c"
#include "../../netstream/s3.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *xml, size_t size, const char *name)
{
	char text[S3_CODE_MAX], line[S3_PART_LINE_MAX];

	if (s3_xml_text(text, sizeof(text), xml, size, name))
		return;
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			__builtin_trap();
	if (s3_part_line(line, 1, text) >= (int)sizeof(line))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct s3_reply reply = { .has_length = false };

	s3_parse_header(&reply, text, size);
	if (strlen(reply.etag) >= sizeof(reply.etag))
		__builtin_trap();
	check_text(text, size, "Code");
	check_text(text, size, "UploadId");
	s3_is_error(text, size);
	return 0;
}
