// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "netstream/base64.h"
#include "netstream/collector/pick.h"
#include "netstream/collector/request.h"
#include "netstream/collector/vmcore-head.h"
#include "netstream/io.h"

/* The kdump header of 64-bit machines, little endian (makedumpfile's
 * diskdump_mod.h): struct disk_dump_header without its tasks. */
#define KDUMP_SIGNATURE "KDUMP   "
#define KDUMP_STATUS 424
#define KDUMP_BLOCK_LEN 428
#define KDUMP_SUB_HEADER_BLOCKS 432
#define KDUMP_BITMAP_BLOCKS 436
#define KDUMP_LEN 464
#define KDUMP_INCOMPLETE 8
#define BLOCK_MIN 4096
#define BLOCK_MAX 65536

/* The header of a 64-bit ELF core file, little endian (elf(5)). */
#define ELF_START "\177ELF\2\1"
#define ELF_TYPE 16
#define ELF_CORE 4
#define ELF_PHOFF 32
#define ELF_FLAGS 48
#define ELF_PHENTSIZE 54
#define ELF_PHNUM 56
#define ELF_LEN 64
#define ELF_PHDR_LEN 56
/* DUMP_ELF_INCOMPLETE of crash's netdump.h and makedumpfile's elf_info.h. */
#define ELF_INCOMPLETE 1

static uint64_t le16(const uint8_t *p)
{
	return p[0] | (uint64_t)p[1] << 8;
}

static uint64_t le32(const uint8_t *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | le32(p + 4) << 32;
}

static int check_kdump(struct vmcore_head *head)
{
	const uint8_t *p = head->bytes;
	uint64_t block = le32(p + KDUMP_BLOCK_LEN);
	uint64_t sub = le32(p + KDUMP_SUB_HEADER_BLOCKS);
	uint64_t bitmap = le32(p + KDUMP_BITMAP_BLOCKS);

	if (head->len < KDUMP_LEN ||
	    memcmp(p, KDUMP_SIGNATURE, strlen(KDUMP_SIGNATURE)) ||
	    !(le32(p + KDUMP_STATUS) & KDUMP_INCOMPLETE))
		return -EBADMSG;
	if (block < BLOCK_MIN || block > BLOCK_MAX || (block & (block - 1)) ||
	    !sub || !bitmap)
		return -EBADMSG;
	/* Notes and bitmaps are before all pages; 33 and 16 bits at most. */
	head->need = (1 + sub + bitmap) * block;
	return 0;
}

int vmcore_head_kdump(struct vmcore_head *head, const char *session_json)
{
	_Static_assert(VMCORE_HEAD_MAX <= BLOCK_MIN, "it is in its block");
	char text[BASE64_LEN(VMCORE_HEAD_MAX) + 2];
	const char *vmcore = pick_own_object(session_json, "vmcore");
	int n;

	*head = (struct vmcore_head){ .len = 0 };
	if (!vmcore || !pick_own(vmcore, "header", text, sizeof(text)))
		return -EBADMSG;
	n = request_base64(text, strlen(text), head->bytes,
			   sizeof(head->bytes));
	if (n < 0)
		return -EBADMSG;
	head->len = (size_t)n;
	return check_kdump(head);
}

int vmcore_head_elf(struct vmcore_head *head, const uint8_t *buf, size_t len)
{
	uint64_t phoff;

	*head = (struct vmcore_head){ .len = ELF_LEN };
	if (len < ELF_LEN || memcmp(buf, ELF_START, strlen(ELF_START)) ||
	    le16(buf + ELF_TYPE) != ELF_CORE ||
	    le16(buf + ELF_PHENTSIZE) != ELF_PHDR_LEN)
		return -EBADMSG;
	phoff = le64(buf + ELF_PHOFF);
	if (phoff < ELF_LEN || phoff > INT64_MAX)
		return -EBADMSG;
	memcpy(head->bytes, buf, ELF_LEN);
	head->bytes[ELF_FLAGS] |= ELF_INCOMPLETE;
	head->need = phoff + le16(buf + ELF_PHNUM) * ELF_PHDR_LEN;
	return 0;
}

int vmcore_head(struct vmcore_head *head, const char *session_json, int fd)
{
	const char *vmcore = pick_own_object(session_json, "vmcore");
	uint8_t buf[ELF_LEN];
	char format[8] = "";
	int ret;

	if (vmcore)
		pick_own(vmcore, "format", format, sizeof(format));
	if (!strcmp(format, "kdump"))
		return vmcore_head_kdump(head, session_json);
	if (strcmp(format, "elf"))
		return -EBADMSG;
	ret = pread_full(fd, buf, sizeof(buf), 0);
	if (ret < 0)
		return ret == -ENODATA ? -EBADMSG : ret;
	return vmcore_head_elf(head, buf, sizeof(buf));
}
