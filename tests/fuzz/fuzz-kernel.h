/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in memory that the input damages.  The input is lines "PLACE INDEX
 * VALUE", hex numbers: a 64-bit word of the page tables (t), the sections
 * (s), the struct pages (p) or VMCOREINFO (i) gets that value.  What is no
 * such line is passed over.  Words are put back before the next input.
 */
#ifndef TESTS_FUZZ_FUZZ_KERNEL_H
#define TESTS_FUZZ_FUZZ_KERNEL_H

#include <ctype.h>

#include "tests/fuzz/fuzz-file.h"
#include "tests/unit/kernel-image.h"

#define FUZZ_WORDS_MAX 256

struct fuzz_region {
	uint64_t off; /* in the vmcore */
	uint64_t n; /* words */
};

struct fuzz_kernel {
	const char *path;
	unsigned char *bytes;
	struct fuzz_region tables, sections, pages, info;
	struct {
		uint64_t off;
		uint64_t value;
	} old[FUZZ_WORDS_MAX];
	size_t n_old;
};

/* The vmcore of the kernel image; regions are found by its headers. */
static inline void fuzz_kernel(struct fuzz_kernel *ret,
			       struct kernel_image *kernel)
{
	struct vmcore core;
	int fd;

	ret->path = kernel_vmcore(kernel);
	fd = open(ret->path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || vmcore_open(&core, ret->path) < 0)
		abort();
	ret->bytes = mmap(NULL, core.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			  fd, 0);
	if (ret->bytes == MAP_FAILED)
		abort();
	close(fd);
	/* Page 1 has the top table, 4 and more are what image_map() made. */
	ret->tables.off = core.phdrs[1].p_offset + IMAGE_PAGE;
	ret->tables.n = (kernel->image.next - IMAGE_PAGE) / 8;
	ret->sections.off = core.phdrs[1].p_offset + KERNEL_ROOT;
	ret->sections.n = 2 * IMAGE_PAGE / 8;
	ret->pages.off = core.phdrs[1].p_offset + KERNEL_PAGES;
	ret->pages.n = kernel->frames * kernel->page_len / 8;
	ret->info.off = core.phdrs[0].p_offset + 24;
	ret->info.n = (core.phdrs[0].p_filesz - 24) / 8;
	vmcore_close(&core);
}

static inline void fuzz_set(struct fuzz_kernel *kernel,
			    const struct fuzz_region *region, uint64_t index,
			    uint64_t value)
{
	uint64_t off = region->off + index % region->n * 8;

	if (kernel->n_old == FUZZ_WORDS_MAX)
		return;
	kernel->old[kernel->n_old].off = off;
	memcpy(&kernel->old[kernel->n_old++].value, kernel->bytes + off, 8);
	memcpy(kernel->bytes + off, &value, 8);
}

static inline void fuzz_repair(struct fuzz_kernel *kernel)
{
	while (kernel->n_old) {
		kernel->n_old--;
		memcpy(kernel->bytes + kernel->old[kernel->n_old].off,
		       &kernel->old[kernel->n_old].value, 8);
	}
}

static inline const struct fuzz_region *
fuzz_region(const struct fuzz_kernel *kernel, char place)
{
	return place == 't'   ? &kernel->tables
	       : place == 's' ? &kernel->sections
	       : place == 'p' ? &kernel->pages
	       : place == 'i' ? &kernel->info
			      : NULL;
}

/* A hex number up to what is none of its digits; false without one. */
static inline bool fuzz_hex(const uint8_t **pos, const uint8_t *end,
			    uint64_t *ret)
{
	const uint8_t *start = *pos;

	for (*ret = 0; *pos < end && isxdigit(**pos); ++*pos)
		*ret = *ret << 4 |
		       (isdigit(**pos) ? **pos - '0' : (**pos | 32) - 'a' + 10);
	return *pos > start;
}

static inline void fuzz_damage(struct fuzz_kernel *kernel, const uint8_t *data,
			       size_t size)
{
	const uint8_t *pos = data, *end = data + size, *next;
	const struct fuzz_region *region;
	uint64_t index, value;

	for (; pos < end; pos = next) {
		next = memchr(pos, '\n', (size_t)(end - pos));
		next = next ? next + 1 : end;
		region = fuzz_region(kernel, (char)*pos++);
		if (!region || pos++ == next || !fuzz_hex(&pos, next, &index) ||
		    pos++ == next || !fuzz_hex(&pos, next, &value))
			continue;
		fuzz_set(kernel, region, index, value);
	}
}

#endif
