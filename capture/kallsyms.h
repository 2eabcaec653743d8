/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of the crashed kernel's symbols that VMCOREINFO does not name:
 * out of its own table, kallsyms, whose place it does name since 6.0.
 *
 * The table is read as scripts/kallsyms.c of the kernel writes it.  Names are
 * in the order of addresses, each a length (above 127 in two bytes, since
 * 6.1) and as many codes; a code stands for a string of the token table, and
 * the first character of all is the type, as nm has it.  Values are in a
 * table of their own, in one of these forms:
 *   6.0 - 6.14  x86_64: 32 bits, signed: an absolute value (a per-CPU symbol
 *               is one, counted from the start of the per-CPU area), or below
 *               zero, from -1 down: a distance from kallsyms_relative_base
 *               (CONFIG_KALLSYMS_ABSOLUTE_PERCPU)
 *   6.0 -       arm64, and x86_64 since 6.15: 32 bits, unsigned: the distance
 *   6.0 - 6.10  kallsyms_addresses, 64 bits, without
 *               CONFIG_KALLSYMS_BASE_RELATIVE
 *   newer       no kallsyms_relative_base: 32 bits, signed: the distance from
 *               where the value itself is
 * Which one it is, the address of _stext tells: VMCOREINFO has it, too.
 */
#ifndef CAPTURE_KALLSYMS_H
#define CAPTURE_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/vmcore.h"
#include "capture/vmcoreinfo.h"

/* Symbols that are looked for at a time. */
#define KALLSYMS_FIND_MAX 31
/* In the table: ten times what Debian's 6.12 has (0.2 million). */
#define KALLSYMS_SYMBOLS_MAX (1U << 21)
/* Codes of a name: KSYM_NAME_LEN, 512, is the limit in 6.1 and newer. */
#define KALLSYMS_NAME_MAX 2048
/* Bytes of the token table; it has 1 KiB as a rule. */
#define KALLSYMS_TOKENS_MAX 4096

struct kallsyms_symbol {
	const char *name; /* without a type */
	uint64_t value; /* an address, but see above for per-CPU symbols */
	bool found;
};

/*
 * Fills in n symbols in one pass over the names; of two that have the same
 * name, the lower address.  Those that are not there have found == false,
 * which is no error.  Data are only there with CONFIG_KALLSYMS_ALL, which
 * distributions set.
 *
 * -ENODATA without the keys; -EBADMSG: malformed; -EFAULT: not in the vmcore;
 * -E2BIG: more than KALLSYMS_FIND_MAX; or -EIO, the only one that is logged,
 * as are pages behind the names that cannot be read, which is no error.  On any
 * error nothing is found.
 */
int kallsyms_find(struct vmcore *core, const struct vmcoreinfo *info,
		  struct kallsyms_symbol *symbols, size_t n);

#endif
