/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMCOREINFO note: lines KEY=VALUE, written by the system kernel for
 * those who read its memory (Documentation/admin-guide/kdump/vmcoreinfo.rst).
 * Its text is held in memory, 3.3 KB as a rule; nothing in it is trusted.
 */
#ifndef CAPTURE_VMCOREINFO_H
#define CAPTURE_VMCOREINFO_H

#include <stddef.h>
#include <stdint.h>

#include "vmcore.h"

#define VMCOREINFO_MAX (64U << 10)

struct vmcoreinfo {
	char *text; /* lines; NUL-terminated */
	size_t len;
	uint64_t off; /* of the text in the vmcore */
};

/*
 * Logs the reason and returns -ENODATA without such a note, -EBADMSG when the
 * notes or the text are malformed, -EFBIG, -EIO or -ENOMEM.
 */
int vmcoreinfo_load(struct vmcoreinfo *info, const struct vmcore *core);
void vmcoreinfo_free(struct vmcoreinfo *info);

/*
 * Each returns 0 and sets *ret, or -ENODATA without the key, or -EBADMSG for
 * a value that is no such number, and leaves *ret alone.
 */
int vmcoreinfo_symbol(const struct vmcoreinfo *info, const char *name,
		      uint64_t *ret); /* SYMBOL(name)=hex */
int vmcoreinfo_size(const struct vmcoreinfo *info, const char *name,
		    uint64_t *ret); /* SIZE(name)=decimal, the others too */
int vmcoreinfo_offset(const struct vmcoreinfo *info, const char *name,
		      uint64_t *ret);
int vmcoreinfo_length(const struct vmcoreinfo *info, const char *name,
		      uint64_t *ret);

/* NUMBER(name)= signed decimal, or hex with 0x. */
int vmcoreinfo_number(const struct vmcoreinfo *info, const char *name,
		      int64_t *ret);

/* Keys without brackets: PAGESIZE, CRASHTIME (decimal), KERNELOFFSET (hex). */
int vmcoreinfo_decimal(const struct vmcoreinfo *info, const char *key,
		       uint64_t *ret);
int vmcoreinfo_hex(const struct vmcoreinfo *info, const char *key,
		   uint64_t *ret);

/*
 * The value as text, unprintable bytes as '_', cut to fit, NUL-terminated:
 * OSRELEASE, BUILD-ID.
 */
int vmcoreinfo_string(const struct vmcoreinfo *info, const char *key, char *buf,
		      size_t len);

#endif
