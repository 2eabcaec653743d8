// SPDX-License-Identifier: GPL-2.0-or-later
/* A VMCOREINFO note of anything: what is found is a number, or shown text. */

#include "capture/note.c"
#include "capture/vmcore.c"
#include "capture/vmcoreinfo.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.h"
#include "tests/fuzz/fuzz-file.h"

static void look_up(const struct vmcoreinfo *info)
{
	uint64_t value;
	int64_t number;
	char buf[16];

	vmcoreinfo_symbol(info, "a", &value);
	vmcoreinfo_size(info, "a", &value);
	vmcoreinfo_offset(info, "a.b", &value);
	vmcoreinfo_length(info, "a", &value);
	vmcoreinfo_number(info, "a", &number);
	vmcoreinfo_hex(info, "K", &value);
	vmcoreinfo_decimal(info, "K", &value);
	if (vmcoreinfo_string(info, "K", buf, sizeof(buf)) == 0)
		for (size_t i = 0; buf[i]; i++)
			if (buf[i] < 0x20 || buf[i] > 0x7e)
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char bytes[FUZZ_FILE_MAX];
	Elf64_Nhdr hdr = { .n_namesz = 11, .n_descsz = (uint32_t)size };
	struct vmcore core = { .path = "fuzz" };
	struct vmcoreinfo info;

	log_set_level(0);
	if (size > sizeof(bytes) - 24)
		return 0;
	memcpy(bytes, &hdr, sizeof(hdr));
	memcpy(bytes + sizeof(hdr), "VMCOREINFO\0", 12);
	memcpy(bytes + 24, data, size);
	core.size = core.note_len = 24 + size;
	core.fd = open(fuzz_file(bytes, core.size), O_RDONLY | O_CLOEXEC);
	if (vmcoreinfo_load(&info, &core) == 0) {
		if (info.len > size)
			abort();
		look_up(&info);
	} else if (size <= VMCOREINFO_MAX) {
		abort();
	}
	vmcoreinfo_free(&info);
	vmcore_close(&core);
	return 0;
}
