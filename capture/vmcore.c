// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netstream/io.h"
#include "../netstream/log.h"
#include "vmcore.h"

/* A range that the file offsets of Linux can name. */
static bool range_ok(uint64_t off, uint64_t len)
{
	return off <= INT64_MAX && len <= INT64_MAX - off;
}

static int malformed(const struct vmcore *core, const char *what)
{
	log_err("%s: not a usable vmcore: %s", core->path, what);
	return -EBADMSG;
}

/* Reads a header; an early end of the file makes it malformed. */
static int read_header(const struct vmcore *core, uint64_t off, void *buf,
		       size_t len, const char *what)
{
	int ret = -ENODATA;

	if (range_ok(off, len))
		ret = pread_full(core->fd, buf, len, off);
	if (ret == -ENODATA) {
		log_err("%s: not a usable vmcore: cut short in its %s",
			core->path, what);
		return -EBADMSG;
	}
	if (ret < 0)
		log_err("%s: read %s: %s", core->path, what, strerror(-ret));
	return ret;
}

static int check_ehdr(const struct vmcore *core, const Elf64_Ehdr *ehdr)
{
	const unsigned char *ident = ehdr->e_ident;

	if (memcmp(ident, ELFMAG, SELFMAG))
		return malformed(core, "not an ELF file");
	if (ident[EI_CLASS] != ELFCLASS64)
		return malformed(core, "not a 64-bit ELF file");
	if (ident[EI_DATA] != ELFDATA2LSB)
		return malformed(core, "not little-endian");
	if (ehdr->e_type != ET_CORE)
		return malformed(core, "an ELF file, but not a core");
	if (ehdr->e_machine != EM_X86_64 && ehdr->e_machine != EM_AARCH64)
		return malformed(core, "neither x86_64 nor aarch64");
	if (ehdr->e_phentsize != sizeof(Elf64_Phdr))
		return malformed(core, "program headers of unknown size");
	if (ehdr->e_phoff < sizeof(*ehdr))
		return malformed(core, "program headers inside the ELF header");
	return 0;
}

/* Nothing but the number of program headers is read from them. */
static uint64_t sections_end(const Elf64_Ehdr *ehdr)
{
	/* PN_XNUM may say that there are none, but number 0 exists. */
	uint64_t n = ehdr->e_shnum ? ehdr->e_shnum : 1;
	uint64_t len = n * ehdr->e_shentsize;

	if (!ehdr->e_shoff)
		return sizeof(*ehdr);
	return range_ok(ehdr->e_shoff, len) ? ehdr->e_shoff + len : UINT64_MAX;
}

/* 65535 or more program headers: section header 0 has their number. */
static int count_phdrs(struct vmcore *core, const Elf64_Ehdr *ehdr)
{
	Elf64_Shdr shdr;
	int ret;

	core->n_phdrs = ehdr->e_phnum;
	if (ehdr->e_phnum == PN_XNUM) {
		if (ehdr->e_shoff < sizeof(*ehdr) ||
		    ehdr->e_shentsize != sizeof(shdr))
			return malformed(core, "no section header 0");
		ret = read_header(core, ehdr->e_shoff, &shdr, sizeof(shdr),
				  "section header 0");
		if (ret < 0)
			return ret;
		core->n_phdrs = shdr.sh_info;
		core->size = ehdr->e_shoff + sizeof(shdr);
	}
	core->headers_end = sections_end(ehdr);
	if (core->n_phdrs == 0)
		return malformed(core, "no program headers");
	if (core->n_phdrs > VMCORE_PHDRS_MAX)
		return malformed(core, "too many program headers");
	return 0;
}

static int read_phdrs(struct vmcore *core, const Elf64_Ehdr *ehdr)
{
	uint64_t len = (uint64_t)core->n_phdrs * sizeof(Elf64_Phdr);
	int ret;

	core->phdrs = calloc(core->n_phdrs, sizeof(Elf64_Phdr));
	if (!core->phdrs) {
		log_err("%s: no memory for %zu program headers", core->path,
			core->n_phdrs);
		return -ENOMEM;
	}
	ret = read_header(core, ehdr->e_phoff, core->phdrs, len,
			  "program headers");
	if (ret < 0)
		return ret;
	core->phoff = ehdr->e_phoff;
	if (core->size < core->phoff + len)
		core->size = core->phoff + len;
	if (core->headers_end < core->phoff + len)
		core->headers_end = core->phoff + len;
	return 0;
}

static int check_phdrs(struct vmcore *core)
{
	const Elf64_Phdr *phdr = core->phdrs;
	size_t n_notes = 0;

	for (size_t i = 0; i < core->n_phdrs; i++, phdr++) {
		if (!range_ok(phdr->p_offset, phdr->p_filesz))
			return malformed(core, "a segment beyond 2^63");
		if (core->size < phdr->p_offset + phdr->p_filesz)
			core->size = phdr->p_offset + phdr->p_filesz;
		if (phdr->p_type == PT_LOAD) {
			core->n_loads++;
		} else if (phdr->p_type == PT_NOTE) {
			n_notes++;
			core->note_off = phdr->p_offset;
			core->note_len = phdr->p_filesz;
		}
	}
	if (core->n_loads == 0)
		return malformed(core, "no PT_LOAD");
	if (n_notes > 1)
		return malformed(core, "more than one PT_NOTE");
	if (n_notes == 0)
		log_warn("%s: no PT_NOTE, so no vmcoreinfo", core->path);
	return 0;
}

/*
 * fstat() may be stale for /proc/vmcore: ask for the last byte instead.  The
 * kernel gives whole pages (fs/proc/vmcore.c rounds each segment), so what
 * follows the last segment up to the end of its page belongs to the file.
 */
static int check_size(struct vmcore *core)
{
	char last, rest[VMCORE_PAGE_LEN];
	ssize_t len;
	int ret;

	ret = pread_full(core->fd, &last, 1, core->size - 1);
	if (ret == -ENODATA) {
		log_err("%s: not a usable vmcore: shorter than the %" PRIu64
			" bytes that its headers say",
			core->path, core->size);
		return -EBADMSG;
	}
	if (ret < 0) {
		log_err("%s: read at %" PRIu64 ": %s", core->path,
			core->size - 1, strerror(-ret));
		return ret;
	}
	len = pread(core->fd, rest, -core->size % VMCORE_PAGE_LEN,
		    (off_t)core->size);
	if (len > 0)
		core->size += (uint64_t)len;
	return 0;
}

int vmcore_open(struct vmcore *core, const char *path)
{
	Elf64_Ehdr ehdr;
	int ret;

	*core = (struct vmcore){ .fd = -1, .path = path };
	core->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (core->fd < 0) {
		ret = -errno;
		log_err("open %s: %s", path, strerror(-ret));
		goto err;
	}
	ret = read_header(core, 0, &ehdr, sizeof(ehdr), "ELF header");
	if (ret < 0)
		goto err;
	ret = check_ehdr(core, &ehdr);
	if (ret < 0)
		goto err;
	core->machine = ehdr.e_machine;
	ret = count_phdrs(core, &ehdr);
	if (ret < 0)
		goto err;
	ret = read_phdrs(core, &ehdr);
	if (ret < 0)
		goto err;
	ret = check_phdrs(core);
	if (ret < 0)
		goto err;
	ret = check_size(core);
	if (ret < 0)
		goto err;
	return 0;

err:
	vmcore_close(core);
	return ret;
}

void vmcore_close(struct vmcore *core)
{
	free(core->phdrs);
	if (core->fd >= 0)
		close(core->fd);
	*core = (struct vmcore){ .fd = -1, .path = core->path };
}

static bool is_inside(const struct vmcore *core, uint64_t off, size_t len)
{
	return off <= core->size && len <= core->size - off;
}

int vmcore_try_read(const struct vmcore *core, uint64_t off, void *buf,
		    size_t len)
{
	if (!is_inside(core, off, len))
		return -EBADMSG;
	return pread_full(core->fd, buf, len, off);
}

int vmcore_read(const struct vmcore *core, uint64_t off, void *buf, size_t len)
{
	int ret;

	if (!is_inside(core, off, len)) {
		log_err("%s: read of %zu bytes at %" PRIu64
			": outside its %" PRIu64 " bytes",
			core->path, len, off, core->size);
		return -EBADMSG;
	}
	ret = pread_full(core->fd, buf, len, off);
	if (ret < 0) {
		log_err("%s: read of %zu bytes at %" PRIu64 ": %s", core->path,
			len, off,
			ret == -ENODATA ? "end of file" : strerror(-ret));
		return -EIO;
	}
	return 0;
}

/* Bytes that the segment has in the file from the address on; 0: none. */
static uint64_t segment_has(const Elf64_Phdr *phdr, uint64_t start,
			    uint64_t addr)
{
	if (phdr->p_type != PT_LOAD || addr < start ||
	    addr - start >= phdr->p_filesz)
		return 0;
	return phdr->p_filesz - (addr - start);
}

/* The address may run from one segment into the next. */
static int read_addr(struct vmcore *core, bool virt, uint64_t addr, void *buf,
		     size_t len)
{
	unsigned char *pos = buf;
	const Elf64_Phdr *phdr;
	uint64_t has, start;
	size_t tried;
	int ret;

	for (; len; pos += has, addr += has, len -= has) {
		has = 0;
		for (tried = 0; tried < core->n_phdrs; tried++) {
			phdr = &core->phdrs[core->last];
			start = virt ? phdr->p_vaddr : phdr->p_paddr;
			has = segment_has(phdr, start, addr);
			if (has)
				break;
			core->last = (core->last + 1) % core->n_phdrs;
		}
		if (!has)
			return -EFAULT;
		if (has > len)
			has = len;
		ret = vmcore_read(core, phdr->p_offset + (addr - start), pos,
				  has);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int vmcore_read_virt(struct vmcore *core, uint64_t addr, void *buf, size_t len)
{
	return read_addr(core, true, addr, buf, len);
}

int vmcore_read_phys(struct vmcore *core, uint64_t addr, void *buf, size_t len)
{
	return read_addr(core, false, addr, buf, len);
}

size_t vmcore_page_part(uint64_t off, uint64_t len)
{
	size_t n = VMCORE_PAGE_LEN - off % VMCORE_PAGE_LEN;

	return n < len ? n : (size_t)len;
}

void vmcore_text(char *to, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len && from[i]; i++)
		to[i] = from[i] < 0x20 || from[i] > 0x7e ? '_' : from[i];
	to[i] = '\0';
}
