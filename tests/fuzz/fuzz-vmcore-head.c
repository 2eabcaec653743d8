// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a client promises to be a vmcore's header, or has sent as one: what is
 * taken is marked incomplete and no longer than it may be.
 */
#include <stdlib.h>

#include "netstream/base64.c"
#include "netstream/collector/pick.c"
#include "netstream/collector/request.c"
#include "netstream/collector/state.c"
#include "netstream/collector/store.c"
#include "netstream/collector/vmcore-head.c"
#include "netstream/digest-gnutls.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "netstream/name.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct vmcore_head *head, size_t at, uint8_t mark)
{
	if (head->len <= at || head->len > VMCORE_HEAD_MAX ||
	    !(head->bytes[at] & mark) || head->need < head->len)
		abort();
}

/* Written over a header that is right, behind its first two bytes. */
static size_t damage(uint8_t header[static VMCORE_HEAD_MAX], size_t len,
		     const uint8_t *data, size_t size)
{
	size_t at = size < 2 ? 0 : (data[0] << 8 | data[1]) % len;

	for (size_t i = 2; i < size && at + i - 2 < VMCORE_HEAD_MAX; i++) {
		header[at + i - 2] = data[i];
		if (len < at + i - 1)
			len = at + i - 1;
	}
	return len;
}

/* The header as base64 in the text of a session.json that is right else. */
static void promise(const uint8_t *data, size_t size)
{
	static char text[3 * VMCORE_HEAD_MAX];
	struct vmcore_head head;
	int n;

	n = sprintf(text,
		    "{\"vmcore\": {\"format\": \"kdump\", \"header\": \"");
	n += (int)base64(text + n, data, size);
	strcpy(text + n, "\"}}");
	if (vmcore_head_kdump(&head, text) < 0)
		return;
	check(&head, 424, 8);
	if (head.len != size || memcmp(head.bytes, data, size))
		abort();
}

static void promise_damaged(const uint8_t *data, size_t size)
{
	uint8_t header[VMCORE_HEAD_MAX] = "KDUMP   \6";

	header[424] = 8; /* incomplete */
	header[429] = 0x10; /* blocks of 4096 bytes */
	header[432] = header[436] = 2;
	promise(header, damage(header, 464, data, size));
}

static void take_damaged_elf(const uint8_t *data, size_t size)
{
	uint8_t header[VMCORE_HEAD_MAX] = "\177ELF\2\1\1";
	struct vmcore_head head;
	size_t len;

	header[16] = 4; /* a core file */
	header[32] = header[52] = 64;
	header[54] = 56;
	header[56] = 2;
	len = damage(header, 64, data, size);
	if (!vmcore_head_elf(&head, header, len))
		check(&head, 48, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmcore_head head;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!vmcore_head_kdump(&head, text))
		check(&head, 424, 8);
	if (!vmcore_head_elf(&head, data, size))
		check(&head, 48, 1);
	promise_damaged(data, size);
	take_damaged_elf(data, size);
	free(text);
	return 0;
}
