/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF writer: the vmcore as its plan says, which is byte for byte as a
 * rule, in records at the same offsets.  Runs of zero pages are left out and
 * become holes; the last page is always sent, because a record has to reach
 * the end of the file.
 */
#ifndef CAPTURE_ELF_H
#define CAPTURE_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/object.h"
#include "capture/plan.h"

/* What is zero is decided per page of the file, not of the system kernel. */
#define ELF_PAGE_LEN VMCORE_PAGE_LEN

/* Called from time to time, with the offset that is reached. */
typedef void (*elf_progress)(void *arg, uint64_t off);

struct elf_figures {
	uint64_t zero_bytes; /* of zero pages, not sent */
	uint64_t unreadable_bytes; /* of device dumps, zeros instead */
	bool incomplete; /* it ends early, between two pages */
};

/*
 * Content goes to the object's digest, zeros too.  0, -EIO or -ENOMEM from
 * the vmcore (logged), -ECANCELED for object_enough(), or the target's error,
 * which is in object->err then.  Unless it is that, what has begun may be
 * ended: ret->incomplete.
 */
int elf_copy(const struct plan *plan, struct object *object,
	     elf_progress progress, void *arg, struct elf_figures *ret);

#endif
