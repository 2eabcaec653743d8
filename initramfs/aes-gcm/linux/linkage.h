/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's assembler takes from <linux/linkage.h>, for a program. */
#ifndef LINUX_LINKAGE_H
#define LINUX_LINKAGE_H

#define SYM_FUNC_START(name)   \
	.p2align 4;            \
	.globl name;           \
	.type name, @function; \
	name:
#define SYM_FUNC_END(name) .size name, .- name
#define RET ret

#endif
