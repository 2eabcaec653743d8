// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A log that the crash has damaged, of either layout, chosen by the first
 * byte: an end, and not more text than the buffer can have.
 */

#include "capture/dmesg.c"
#include "capture/dmesg-record.c"
#include "capture/dmesg-ring.c"
#include "capture/note.c"
#include "capture/vmcore.c"
#include "capture/vmcoreinfo.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.c"
#include "tests/mkcore-lines.c"
#include "tests/mkcore-log.c"
#include "tests/fuzz/fuzz-file.h"

#define RECORDS                                 \
	"record 0 Linux version\n"              \
	"record 1 two\\nlines of text\n"        \
	"record 2 the third record\n"           \
	"record 3 the fourth is longer\n"       \
	"record 4 5\nrecord 5 and the sixth\n"  \
	"record 6 makes room for the seventh\n" \
	"record 7 which is not the last one\n"

/* Every descriptor there is room for shows all there is, as new lines. */
#define TEXT_MAX (16U << 20)

static struct fuzz_vmcore vmcores[2];
static size_t n_out;

static int count(void *arg, const void *buf, size_t len)
{
	(void)arg;
	(void)buf;
	n_out += len;
	return 0;
}

static void make_vmcores(void)
{
	fuzz_vmcore(&vmcores[0], "note VMCOREINFO 0\ninfo ring\n"
				 "load 0xffffffff81000000 0\n"
				 "log ring 4 8\n" RECORDS "zero 64\n");
	fuzz_vmcore(&vmcores[1], "note VMCOREINFO 0\ninfo records\n"
				 "load 0xffffffff81000000 0\n"
				 "log records 256\n" RECORDS "zero 64\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_vmcore *vmcore;
	struct vmcoreinfo info;
	struct vmcore core;

	log_set_level(0);
	if (!vmcores[0].bytes)
		make_vmcores();
	if (size == 0)
		return 0;
	/* Headers, notes, then the load with the log in the third page. */
	vmcore = &vmcores[data[0] & 1];
	n_out = 0;
	if (vmcore_open(&core, fuzz_damaged(vmcore, 8192, data + 1, size - 1)) <
		    0 ||
	    vmcoreinfo_load(&info, &core) < 0)
		abort();
	dmesg_write(&core, &info, count, NULL);
	if (n_out > TEXT_MAX)
		abort();
	vmcoreinfo_free(&info);
	vmcore_close(&core);
	return 0;
}
