/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vmcore that cannot be read everywhere: it lies in this process, some of
 * its pages are unmapped, and it is read through /proc/self/mem, which gives
 * EIO there and cannot be mapped, like the device dumps of a driver that
 * reads its device.  Every offset is an address.
 */
#ifndef TESTS_UNIT_BROKEN_VMCORE_H
#define TESTS_UNIT_BROKEN_VMCORE_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/vmcore.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

struct broken_vmcore {
	struct vmcore core;
	char *start; /* the first byte of the file */
	size_t len;
};

static inline void broken_vmcore_open(struct broken_vmcore *broken,
				      const char *description)
{
	struct vmcore *core = &broken->core;

	CHECK_INT(vmcore_open(core, vmcore_file(description)), 0);
	broken->len = core->size;
	broken->start = mmap(NULL, broken->len, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE, core->fd, 0);
	if (broken->start == MAP_FAILED)
		mkcore_die(NULL, "no memory for a vmcore");
	close(core->fd);
	core->fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	core->size += (uintptr_t)broken->start;
	core->note_off += (uintptr_t)broken->start;
	for (size_t i = 0; i < core->n_phdrs; i++)
		core->phdrs[i].p_offset += (uintptr_t)broken->start;
}

/* The page at this offset of the file. */
static inline void broken_vmcore_break(struct broken_vmcore *broken,
				       uint64_t off)
{
	if (munmap(broken->start + off, VMCORE_PAGE_LEN) < 0)
		mkcore_die(NULL, "cannot unmap");
}

static inline void broken_vmcore_close(struct broken_vmcore *broken)
{
	munmap(broken->start, broken->len);
	vmcore_close(&broken->core);
}

#endif
