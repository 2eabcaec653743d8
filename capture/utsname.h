/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who the crashed machine was: init_uts_ns.name of its kernel.
 */
#ifndef CAPTURE_UTSNAME_H
#define CAPTURE_UTSNAME_H

#include "vmcore.h"
#include "vmcoreinfo.h"

/* Fields of the kernel's struct new_utsname, NUL included. */
#define UTSNAME_LEN 65

/* Unprintable bytes are '_'; always NUL-terminated. */
struct vmcore_utsname {
	char sysname[UTSNAME_LEN];
	char nodename[UTSNAME_LEN];
	char release[UTSNAME_LEN];
	char version[UTSNAME_LEN];
	char machine[UTSNAME_LEN];
	char domainname[UTSNAME_LEN];
};

/*
 * 0, or -ENODATA (no such symbol), -EBADMSG, -EFAULT (address in no PT_LOAD),
 * -EIO; then all fields are "".
 */
int utsname_read(struct vmcore *core, const struct vmcoreinfo *info,
		 struct vmcore_utsname *ret);

#endif
