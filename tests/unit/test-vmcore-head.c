// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/vmcore-head.o netstream/collector/pick.o
// objects: netstream/collector/request.o netstream/collector/store.o
// objects: netstream/collector/state.o
#include <elf.h>
#include <errno.h>

#include "capture/kdump.h"
#include "netstream/base64.h"
#include "netstream/collector/vmcore-head.h"
#include "tests/tap.h"

static char text[4 * VMCORE_HEAD_MAX];
static struct vmcore_head head;

static const struct kdump_header good = {
	.signature = "KDUMP  ",
	.header_version = KDUMP_VERSION,
	.status = KDUMP_INCOMPLETE,
	.block_len = 4096,
	.sub_header_blocks = 2,
	.bitmap_blocks = 4,
};

static const Elf64_Ehdr elf = {
	.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
	.e_type = ET_CORE,
	.e_phoff = sizeof(elf),
	.e_phentsize = sizeof(Elf64_Phdr),
	.e_phnum = 3,
};

static int promise(const void *header, size_t len)
{
	int n = sprintf(text, "{\"header\": \"eHh4\", \"vmcore\": {"
			      "\"format\": \"kdump\", \"header\": \"");

	n += (int)base64(text + n, header, len);
	strcpy(text + n, "\"}, \"x\": 1}");
	return vmcore_head_kdump(&head, text);
}

static int promise_header(const struct kdump_header *header)
{
	uint8_t buf[sizeof(*header)];

	memcpy(buf, header, sizeof(buf));
	buf[7] = ' '; /* an initialiser has no room for it and a NUL */
	return promise(buf, sizeof(buf));
}

static void takes_the_header_that_was_promised(void)
{
	CHECK_INT(promise_header(&good), 0);
	CHECK_INT(head.len, sizeof(good));
	CHECK_MEM(head.bytes, "KDUMP   ", 8);
	CHECK_MEM(head.bytes + 8, (const char *)&good + 8, sizeof(good) - 8);
	CHECK_INT(head.need, 7 * 4096);
}

static void takes_nothing_else(void)
{
	struct kdump_header header = good;

	header.status = 1;
	CHECK_INT(promise_header(&header), -EBADMSG);
	header = good;
	header.block_len = 4097;
	CHECK_INT(promise_header(&header), -EBADMSG);
	header.block_len = 2048;
	CHECK_INT(promise_header(&header), -EBADMSG);
	header.block_len = 1U << 31;
	CHECK_INT(promise_header(&header), -EBADMSG);
	header = good;
	header.signature[0] = 'D';
	CHECK_INT(promise_header(&header), -EBADMSG);
	header = good;
	header.sub_header_blocks = 0;
	CHECK_INT(promise_header(&header), -EBADMSG);
	header = good;
	header.bitmap_blocks = 0;
	CHECK_INT(promise_header(&header), -EBADMSG);
}

static void counts_blocks_in_64_bits(void)
{
	struct kdump_header header = good;

	header.block_len = 65536;
	header.sub_header_blocks = header.bitmap_blocks = UINT32_MAX;
	CHECK_INT(promise_header(&header), 0);
	CHECK_INT(head.need, (2ULL * UINT32_MAX + 1) << 16);
}

static void bears_any_length(void)
{
	static uint8_t buf[VMCORE_HEAD_MAX + 4096];

	memcpy(buf, &good, sizeof(good));
	buf[7] = ' ';
	for (size_t len = 0; len < sizeof(buf); len++)
		CHECK_INT(promise(buf, len),
			  len >= sizeof(good) && len <= VMCORE_HEAD_MAX
				  ? 0
				  : -EBADMSG);
	CHECK_INT(vmcore_head_kdump(&head, "{\"vmcore\": {\"header\": 1}}"),
		  -EBADMSG);
	CHECK_INT(vmcore_head_kdump(&head, "{\"vmcore\": {}}"), -EBADMSG);
	CHECK_INT(vmcore_head_kdump(&head, ""), -EBADMSG);
}

static void marks_an_elf_file(void)
{
	Elf64_Ehdr got, want = elf;

	want.e_flags = 1;
	CHECK_INT(vmcore_head_elf(&head, (const uint8_t *)&elf, sizeof(elf)),
		  0);
	CHECK_INT(head.len, sizeof(got));
	memcpy(&got, head.bytes, sizeof(got));
	CHECK_MEM(&got, &want, sizeof(got));
	CHECK_INT(head.need, sizeof(elf) + 3 * sizeof(Elf64_Phdr));
}

static void marks_nothing_else(void)
{
	Elf64_Ehdr ehdr = elf;

	CHECK_INT(vmcore_head_elf(&head, (const uint8_t *)&ehdr,
				  sizeof(ehdr) - 1),
		  -EBADMSG);
	ehdr.e_type = ET_EXEC;
	CHECK_INT(vmcore_head_elf(&head, (const uint8_t *)&ehdr, sizeof(ehdr)),
		  -EBADMSG);
	ehdr = elf;
	ehdr.e_phoff = UINT64_MAX;
	CHECK_INT(vmcore_head_elf(&head, (const uint8_t *)&ehdr, sizeof(ehdr)),
		  -EBADMSG);
	ehdr = elf;
	ehdr.e_ident[EI_CLASS] = ELFCLASS32;
	CHECK_INT(vmcore_head_elf(&head, (const uint8_t *)&ehdr, sizeof(ehdr)),
		  -EBADMSG);
}

int main(void)
{
	RUN(takes_the_header_that_was_promised);
	RUN(takes_nothing_else);
	RUN(counts_blocks_in_64_bits);
	RUN(bears_any_length);
	RUN(marks_an_elf_file);
	RUN(marks_nothing_else);
	return tap_done();
}
