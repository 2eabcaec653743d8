// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netstream/io.h"
#include "mkcore.h"

void mkcore_die(const struct mkcore *core, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (core && core->line)
		fprintf(stderr, "line %u: ", core->line);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	exit(2);
}

struct mkcore_segment *mkcore_segment(struct mkcore *core, uint32_t type)
{
	struct mkcore_segment *seg;

	if (core->n_segments == MKCORE_SEGMENTS_MAX)
		mkcore_die(core, "too many segments");
	seg = &core->segments[core->n_segments++];
	*seg = (struct mkcore_segment){
		.phdr.p_type = type,
		.offset_by_hand = MKCORE_UNSET,
		.filesz_by_hand = MKCORE_UNSET,
		.memsz_by_hand = MKCORE_UNSET,
	};
	seg->phdr.p_flags = type == PT_LOAD ? PF_R | PF_W | PF_X : 0;
	core->cur = seg;
	return seg;
}

uint64_t mkcore_reserve(struct mkcore *core, size_t align, size_t len)
{
	struct mkcore_segment *seg = core->cur;
	size_t start;

	if (!seg)
		mkcore_die(core, "neither note nor load");
	if (align == 0)
		mkcore_die(core, "alignment of 0");
	start = (seg->len + align - 1) / align * align;
	if (start + len > seg->room) {
		seg->room = (start + len) * 2;
		seg->data = realloc(seg->data, seg->room);
		if (!seg->data)
			mkcore_die(core, "out of memory");
	}
	if (start + len > seg->len)
		memset(seg->data + seg->len, 0, start + len - seg->len);
	seg->len = start + len;
	return seg->phdr.p_vaddr + start;
}

void mkcore_hole(struct mkcore *core, uint64_t len)
{
	struct mkcore_segment *seg = core->cur;

	mkcore_reserve(core, 1, 0);
	if (len % MKCORE_PAGE || seg->n_holes == MKCORE_HOLES_MAX)
		mkcore_die(core, "a hole too many, or not of whole pages");
	seg->holes[seg->n_holes].at = seg->len;
	seg->holes[seg->n_holes++].len = len;
}

uint64_t mkcore_len(const struct mkcore_segment *seg, size_t from)
{
	uint64_t len = seg->len - from;

	for (size_t i = 0; i < seg->n_holes; i++)
		if (seg->holes[i].at >= from)
			len += seg->holes[i].len;
	return len;
}

void *mkcore_at(struct mkcore *core, uint64_t addr, size_t len)
{
	uint64_t off = addr - core->cur->phdr.p_vaddr;

	if (off > core->cur->len || len > core->cur->len - off)
		mkcore_die(core, "address outside this load");
	return core->cur->data + off;
}

void mkcore_put(struct mkcore *core, const void *bytes, size_t len)
{
	uint64_t addr = mkcore_reserve(core, 1, len);

	if (len)
		memcpy(mkcore_at(core, addr, len), bytes, len);
}

void mkcore_text(struct mkcore *core, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	mkcore_put(core, text, strlen(text));
}

void mkcore_label(struct mkcore *core, const char *name, uint64_t addr)
{
	size_t i = 0;

	while (i < core->n_labels && strcmp(core->labels[i].name, name))
		i++;
	if (i == MKCORE_LABELS_MAX)
		mkcore_die(core, "too many labels");
	if (i == core->n_labels)
		core->n_labels++;
	snprintf(core->labels[i].name, sizeof(core->labels[i].name), "%s",
		 name);
	core->labels[i].addr = addr;
}

uint64_t mkcore_label_addr(const struct mkcore *core, const char *name)
{
	for (size_t i = 0; i < core->n_labels; i++)
		if (!strcmp(core->labels[i].name, name))
			return core->labels[i].addr;
	return 0;
}

static void write_at(const struct mkcore *core, int fd, const void *bytes,
		     size_t len, uint64_t off)
{
	if (len && pwrite_full(fd, bytes, len, off) < 0)
		mkcore_die(core, "the vmcore cannot be written");
}

static uint64_t page_up(uint64_t off)
{
	return (off + MKCORE_PAGE - 1) & ~(MKCORE_PAGE - 1ULL);
}

static uint64_t chosen(uint64_t by_hand, uint64_t laid_out)
{
	return by_hand == MKCORE_UNSET ? laid_out : by_hand;
}

/* Headers, then the segments at page boundaries, as the kernel lays them. */
static uint64_t lay_out(struct mkcore *core)
{
	uint64_t off =
		core->ehdr.e_phoff + core->n_segments * sizeof(Elf64_Phdr);
	struct mkcore_segment *seg = core->segments;

	if (core->xnum != MKCORE_UNSET) {
		core->ehdr.e_shoff = off;
		core->ehdr.e_shnum = 1;
		core->ehdr.e_shentsize = sizeof(Elf64_Shdr);
		off += sizeof(Elf64_Shdr);
	}
	for (size_t i = 0; i < core->n_segments; i++, seg++) {
		off = page_up(off);
		seg->phdr.p_offset = chosen(seg->offset_by_hand, off);
		seg->phdr.p_filesz =
			chosen(seg->filesz_by_hand, mkcore_len(seg, 0));
		seg->phdr.p_memsz =
			chosen(seg->memsz_by_hand, mkcore_len(seg, 0));
		off += mkcore_len(seg, 0);
	}
	return off;
}

static void write_data(const struct mkcore *core,
		       const struct mkcore_segment *seg, int fd, uint64_t off)
{
	size_t from = 0, to;

	for (size_t i = 0; i <= seg->n_holes; i++) {
		to = i < seg->n_holes ? seg->holes[i].at : seg->len;
		if (to > from)
			write_at(core, fd, seg->data + from, to - from, off);
		off += to - from;
		if (i < seg->n_holes)
			off += seg->holes[i].len;
		from = to;
	}
}

static void write_segments(struct mkcore *core, int fd)
{
	struct mkcore_segment *seg = core->segments;
	uint64_t off = core->ehdr.e_phoff;

	for (size_t i = 0; i < core->n_segments; i++, seg++) {
		write_at(core, fd, &seg->phdr, sizeof(seg->phdr), off);
		off += sizeof(seg->phdr);
	}
	if (core->xnum != MKCORE_UNSET) {
		Elf64_Shdr shdr = { .sh_info = (uint32_t)core->xnum };

		write_at(core, fd, &shdr, sizeof(shdr), off);
		off += sizeof(shdr);
	}
	seg = core->segments;
	for (size_t i = 0; i < core->n_segments; i++, seg++) {
		off = page_up(off);
		write_data(core, seg, fd, off);
		off += mkcore_len(seg, 0);
	}
}

void mkcore_write(struct mkcore *core, int fd)
{
	Elf64_Ehdr ehdr;
	uint64_t size;

	core->line = 0;
	size = lay_out(core);
	if (ftruncate(fd, (off_t)size) < 0)
		mkcore_die(core, "the vmcore cannot be written");
	write_segments(core, fd);
	ehdr = core->ehdr;
	ehdr.e_phoff = chosen(core->phoff, ehdr.e_phoff);
	ehdr.e_phnum = (uint16_t)chosen(core->phnum, core->n_segments);
	if (core->xnum != MKCORE_UNSET)
		ehdr.e_phnum = PN_XNUM;
	write_at(core, fd, &ehdr, sizeof(ehdr), 0);
	size = chosen(core->cut, size) - core->cut_tail;
	if (ftruncate(fd, (off_t)size) < 0)
		mkcore_die(core, "the vmcore cannot be cut");
}
