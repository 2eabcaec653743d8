/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel module, as far as one has to know it to load it: what its .modinfo
 * says and which symbols it needs.  The file is mapped, ELF64, relocatable,
 * and nothing in it is trusted; whether it is a module for this kernel is for
 * the kernel to say.
 */
#ifndef CAPTURE_MODULE_H
#define CAPTURE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is larger is no module: the largest of any distribution has 12 MiB. */
#define MODULE_FILE_MAX (64U << 20)

/* A part of the file. */
struct module_part {
	uint64_t off;
	uint64_t len;
};

struct module {
	const unsigned char *file;
	size_t len;
	struct module_part info; /* .modinfo, up to its last NUL */
	struct module_part symbols;
	struct module_part names; /* of the symbols */
};

/* 0, -EBADMSG for what is no relocatable ELF64 file, -errno.  Logs nothing. */
int module_open(struct module *module, const char *path);
void module_close(struct module *module);

/*
 * The value of the next "tag=value" in .modinfo, NULL behind the last one;
 * prev is the one before or NULL.  It lives as long as the module is open.
 */
const char *module_info(const struct module *module, const char *tag,
			const char *prev);

/* Is the symbol one that the module does not have, but uses? */
bool module_needs(const struct module *module, const char *symbol);

/* The kernel, and so everybody, takes '-' and '_' for the same in names. */
bool module_same_name(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
