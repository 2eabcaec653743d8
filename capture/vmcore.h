/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vmcore, opened once: its ELF headers are checked and kept, everything
 * else is read where it lies.
 *
 * A device dump that is registered later moves every offset of /proc/vmcore
 * under an open descriptor while fstat() keeps the old size: so it is opened
 * after the last dump, the size comes from the headers, and the last byte is
 * read to see that it is there.  The first PT_LOAD is the kernel text, its
 * pages are in the file a second time.
 */
#ifndef CAPTURE_VMCORE_H
#define CAPTURE_VMCORE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 3.5 MiB of program headers; 6.12 makes one per memory range. */
#define VMCORE_PHDRS_MAX 65536
/* To which the kernel rounds the segments; with larger pages at least. */
#define VMCORE_PAGE_LEN 4096

struct vmcore {
	int fd;
	const char *path;
	uint64_t size; /* the largest end in the headers, in whole pages */
	uint16_t machine; /* EM_X86_64 or EM_AARCH64 */
	uint64_t phoff; /* where the program headers are */
	uint64_t headers_end; /* of the ELF, program and section headers */
	Elf64_Phdr *phdrs; /* PT_NOTE and PT_LOADs as they are in the file */
	size_t n_phdrs;
	size_t n_loads;
	uint64_t note_off; /* the PT_NOTE */
	uint64_t note_len; /* 0: there is none */
	size_t last; /* phdr that the last address was found in */
};

/*
 * Path is borrowed and must outlive the vmcore.  Logs the reason and returns
 * -ENOENT (or what open() said), -EIO, -ENOMEM, or -EBADMSG for a file that
 * is no whole vmcore of x86_64 or aarch64.
 */
int vmcore_open(struct vmcore *core, const char *path);

/* Takes a vmcore that vmcore_open() has failed on. */
void vmcore_close(struct vmcore *core);

/*
 * All of buf from a file offset.  Logs the offset and returns -EIO when it
 * cannot be read, -EBADMSG when it is outside the file.
 */
int vmcore_read(const struct vmcore *core, uint64_t off, void *buf, size_t len);

/* The same without a log line, and with the system's own -errno. */
int vmcore_try_read(const struct vmcore *core, uint64_t off, void *buf,
		    size_t len);

/*
 * The same by the system kernel's virtual address (kernel text, direct map)
 * or by physical address.  -EFAULT, not logged, when no PT_LOAD has it.
 */
int vmcore_read_virt(struct vmcore *core, uint64_t addr, void *buf, size_t len);
int vmcore_read_phys(struct vmcore *core, uint64_t addr, void *buf, size_t len);

/* The bytes from off to the end of its page, at most len. */
size_t vmcore_page_part(uint64_t off, uint64_t len);

/*
 * Text of the crashed machine for names and logs: copies len bytes or up to a
 * NUL, unprintable ones as '_', and a NUL; to has room for len + 1.
 */
void vmcore_text(char *to, const char *from, size_t len);

#endif
