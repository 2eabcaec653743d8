// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the file that a plan describes. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/note.h"
#include "capture/plan.h"
#include "netstream/log.h"

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void next_dump(struct plan_reader *reader)
{
	const struct vmcore *core = reader->plan->core;
	struct note note;

	reader->dump_before = reader->dump_end;
	while (note_next(core, &reader->walk, &note) > 0) {
		if (!note_is_device_dump(&note))
			continue;
		reader->dump_off = note.desc_off + DUMP_NAME_LEN;
		reader->dump_end = note.desc_off + note.desc_len;
		return;
	}
	/* None: as if there was one behind all files. */
	reader->dump_off = reader->dump_end = UINT64_MAX;
}

/*
 * Finds the first device dump whose data ends behind an offset of the vmcore.
 * Reading goes forwards, so the walk does too, as a rule.
 */
static void find_dump(struct plan_reader *reader, uint64_t off)
{
	if (off < reader->dump_before) {
		note_walk_init(&reader->walk, reader->plan->core);
		reader->dump_off = reader->dump_end = 0;
		reader->dump_before = 0;
	}
	while (off >= reader->dump_end)
		next_dump(reader);
}

static void zero(struct plan_reader *reader, uint64_t off, void *buf,
		 size_t len, int err)
{
	if (!reader->unreadable)
		log_err("%s: read of a device dump at %" PRIu64
			": %s: what cannot be read of it is zeros",
			reader->plan->core->path, off, strerror(-err));
	reader->unreadable += len;
	memset(buf, 0, len);
}

/*
 * A page that cannot be read: the header of a note in it is the kernel's and
 * can be, and without it what follows would not be found.
 */
static int mend_page(struct plan_reader *reader, uint64_t off,
		     unsigned char *buf, size_t len, int err)
{
	size_t n;
	int ret = 0;

	for (; len && !ret; off += n, buf += n, len -= n) {
		find_dump(reader, off);
		if (off >= reader->dump_off) {
			n = (size_t)min(len, reader->dump_end - off);
			zero(reader, off, buf, n, err);
		} else {
			n = (size_t)min(len, reader->dump_off - off);
			ret = vmcore_read(reader->plan->core, off, buf, n);
		}
	}
	return ret;
}

static int mend(void *arg, uint64_t off, void *buf, size_t len)
{
	struct plan_reader *reader = arg;
	unsigned char *pos = buf;
	int ret = 0;
	size_t n;

	for (; len && !ret; off += n, pos += n, len -= n) {
		n = vmcore_page_part(off, len);
		ret = vmcore_try_read(reader->plan->core, off, pos, n);
		if (ret < 0)
			ret = mend_page(reader, off, pos, n, ret);
	}
	return ret;
}

void plan_reader_init(struct plan_reader *reader, const struct plan *plan)
{
	*reader = (struct plan_reader){ .plan = plan };
	window_init(&reader->window, plan->core);
	reader->window.mend = mend;
	reader->window.mend_arg = reader;
	note_walk_init(&reader->walk, plan->core);
}

void plan_reader_close(struct plan_reader *reader)
{
	window_close(&reader->window);
	free(reader->headers);
	reader->headers = NULL;
}

/* Program headers among the len bytes at off are those of the plan. */
static void patch(const struct plan *plan, uint64_t off, unsigned char *buf,
		  size_t len)
{
	uint64_t phoff = plan->parts ? sizeof(Elf64_Ehdr) : plan->core->phoff;
	size_t i = 0;

	if (off > phoff)
		i = (size_t)((off - phoff) / sizeof(Elf64_Phdr));
	for (; i < plan_n_phdrs(plan); i++) {
		uint64_t at = phoff + i * sizeof(Elf64_Phdr);
		uint64_t from = at > off ? at : off;
		uint64_t to = min(at + sizeof(Elf64_Phdr), off + len);
		Elf64_Phdr phdr = plan_phdr(plan, i);

		if (at >= off + len)
			break;
		memcpy(buf + (from - off), (char *)&phdr + (from - at),
		       to - from);
	}
}

/*
 * A page of the headers of a filtered file.  makedumpfile expects the program
 * headers right behind the ELF header, whatever e_phoff says.
 */
static int make_headers(const struct plan *plan, uint64_t off,
			unsigned char page[static VMCORE_PAGE_LEN])
{
	Elf64_Ehdr ehdr;
	int ret;

	memset(page, 0, VMCORE_PAGE_LEN);
	if (off < sizeof(ehdr)) {
		ret = vmcore_read(plan->core, 0, &ehdr, sizeof(ehdr));
		if (ret < 0)
			return ret;
		ehdr.e_ehsize = sizeof(ehdr);
		ehdr.e_phoff = sizeof(ehdr);
		ehdr.e_phnum = (uint16_t)plan->n_parts;
		ehdr.e_shoff = 0;
		ehdr.e_shnum = 0;
		ehdr.e_shstrndx = 0;
		memcpy(page, (char *)&ehdr + off, sizeof(ehdr) - off);
	}
	patch(plan, off, page, VMCORE_PAGE_LEN);
	return 0;
}

/* A page of the headers, changed as the plan says. */
static int read_headers(struct plan_reader *reader, uint64_t off,
			const void **ret, size_t *len)
{
	const struct vmcore *core = reader->plan->core;
	int err;

	if (!reader->headers)
		reader->headers = malloc(VMCORE_PAGE_LEN);
	if (!reader->headers) {
		log_err("%s: no memory for its headers", core->path);
		return -ENOMEM;
	}
	*ret = reader->headers;
	if (reader->plan->parts) {
		*len = VMCORE_PAGE_LEN;
		return make_headers(reader->plan, off, reader->headers);
	}
	*len = vmcore_page_part(off, core->headers_end - off);
	err = vmcore_read(core, off, reader->headers, *len);
	if (err < 0)
		return err;
	patch(reader->plan, off, reader->headers, *len);
	return 0;
}

int plan_read(struct plan_reader *reader, uint64_t off, const void **ret,
	      size_t *len)
{
	static const unsigned char zeros[VMCORE_PAGE_LEN];
	const struct plan *plan = reader->plan;
	const struct plan_piece *piece;
	uint64_t end;
	int err = 0;

	*len = 0;
	if (off >= plan->size)
		return 0;
	if (off < plan->pieces[reader->piece].off)
		reader->piece = 0;
	while (off >= (end = plan_piece_end(plan, reader->piece)))
		reader->piece++;
	piece = &plan->pieces[reader->piece];
	if (piece->source == PLAN_ZEROS) {
		*ret = zeros;
		*len = sizeof(zeros);
	} else if (piece->source == PLAN_HEADERS ||
		   (plan->n_cut && !plan->parts &&
		    off < plan->core->headers_end)) {
		err = read_headers(reader, off, ret, len);
	} else {
		err = window_at(&reader->window,
				piece->source + (off - piece->off), ret, len);
	}
	*len = (size_t)min(*len, end - off);
	return err;
}
