/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a small x86_64 machine, from physical address 0 on: page
 * tables as its kernel would make them, and a vmcore of all of it.
 */
#ifndef TESTS_UNIT_X86_IMAGE_H
#define TESTS_UNIT_X86_IMAGE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/vmcore.h"
#include "tests/unit/vmcore-file.h"

#define IMAGE_PAGE 4096
#define IMAGE_TEXT 0xffffffff81000000ULL /* where init_top_pgt is linked */
#define IMAGE_DIRECT 0xffff888000000000ULL
#define IMAGE_NOT_MAPPED UINT64_MAX

struct image {
	unsigned char *mem;
	uint64_t len;
	uint64_t pgd;
	uint64_t next; /* the next free page */
	uint64_t mask; /* of memory encryption, set in each entry */
	unsigned int levels;
};

static inline uint64_t *image_u64(const struct image *image, uint64_t phys)
{
	if (phys > image->len - 8)
		mkcore_die(NULL, "address outside the image");
	return (uint64_t *)(image->mem + phys);
}

/* Pages one behind the other, zeroed; the image must be large enough. */
static inline uint64_t image_alloc(struct image *image, unsigned int n)
{
	uint64_t phys = image->next;

	image->next += (uint64_t)n * IMAGE_PAGE;
	if (image->next > image->len)
		mkcore_die(NULL, "image too small");
	return phys;
}

static inline void image_init(struct image *image, uint64_t len,
			      unsigned int levels)
{
	*image = (struct image){ .len = len, .levels = levels };
	image->mem = calloc(1, len);
	if (!image->mem)
		mkcore_die(NULL, "out of memory");
	image->next = IMAGE_PAGE;
	image->pgd = image_alloc(image, 1);
}

static inline void image_free(struct image *image)
{
	free(image->mem);
}

/*
 * The entry of an address at a level: 0 is of 4 KiB, 1 of 2 MiB.  Tables are
 * made on the way.
 */
static inline uint64_t *image_entry(struct image *image, uint64_t virt,
				    unsigned int level)
{
	uint64_t table = image->pgd, *entry;

	for (unsigned int at = image->levels - 1;; at--) {
		entry = image_u64(image,
				  table + (virt >> (12 + 9 * at)) % 512 * 8);
		if (at == level)
			return entry;
		if (!*entry)
			*entry = image_alloc(image, 1) | image->mask | 0x63;
		table = *entry & 0xffffffffff000 & ~image->mask;
	}
}

static inline void image_map(struct image *image, uint64_t virt, uint64_t phys,
			     unsigned int level)
{
	*image_entry(image, virt, level) =
		phys | image->mask | 0x8000000000000163 | (level ? 0x80 : 0);
}

/*
 * A vmcore of end bytes of memory, whose first ones are the image, without
 * those from hole to hole_end.  Its path, good until the next one is made;
 * info has whole lines.
 */
static inline const char *image_vmcore_of(const struct image *image,
					  const char *info, uint64_t end,
					  uint64_t hole, uint64_t hole_end)
{
	static char text[16384];
	struct vmcore core;
	const char *path;
	size_t used;
	int fd;

	used = snprintf(text, sizeof(text), "note VMCOREINFO 0\n");
	for (; *info; info += strcspn(info, "\n") + 1)
		used += snprintf(text + used, sizeof(text) - used,
				 "line %.*s\n", (int)strcspn(info, "\n"), info);
	used += snprintf(text + used, sizeof(text) - used,
			 "load %#llx 0\nhole %llu\n", IMAGE_DIRECT,
			 (unsigned long long)(hole_end ? hole : end));
	if (hole_end)
		snprintf(text + used, sizeof(text) - used,
			 "load %#llx %#llx\nhole %llu\n",
			 IMAGE_DIRECT + hole_end, (unsigned long long)hole_end,
			 (unsigned long long)(end - hole_end));
	path = vmcore_file(text);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || vmcore_open(&core, path) < 0 ||
	    pwrite(fd, image->mem, image->len, (off_t)core.phdrs[1].p_offset) !=
		    (ssize_t)image->len)
		mkcore_die(NULL, "the image cannot be written");
	vmcore_close(&core);
	close(fd);
	return path;
}

static inline const char *image_vmcore(const struct image *image,
				       const char *info)
{
	return image_vmcore_of(image, info, image->len, 0, 0);
}

#endif
