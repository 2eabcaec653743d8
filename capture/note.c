// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../netstream/log.h"
#include "note.h"

static uint64_t padded(uint32_t len)
{
	return ((uint64_t)len + 3) & ~3ULL;
}

void note_walk_init(struct note_walk *walk, const struct vmcore *core)
{
	walk->pos = core->note_off;
	walk->end = core->note_off + core->note_len;
	walk->n_notes = 0;
}

static int read_text(const struct vmcore *core, uint64_t off, char *to,
		     size_t len)
{
	char text[DUMP_NAME_LEN];
	int ret;

	ret = vmcore_read(core, off, text, len);
	if (ret < 0)
		return ret;
	vmcore_text(to, text, len);
	return 0;
}

int note_next(const struct vmcore *core, struct note_walk *walk,
	      struct note *note)
{
	uint64_t left = walk->end - walk->pos;
	Elf64_Nhdr hdr;
	uint64_t body;
	int ret;

	if (left < sizeof(hdr))
		return 0;
	ret = vmcore_read(core, walk->pos, &hdr, sizeof(hdr));
	if (ret < 0)
		return ret;
	if (hdr.n_namesz == 0)
		return 0;
	if (walk->n_notes == NOTES_MAX)
		return -EBADMSG;

	/* Sum of two 32-bit lengths in 64 bits: it cannot wrap. */
	left -= sizeof(hdr);
	body = padded(hdr.n_namesz) + hdr.n_descsz;
	if (body > left)
		return -EBADMSG;

	note->type = hdr.n_type;
	note->off = walk->pos;
	note->desc_off = walk->pos + sizeof(hdr) + padded(hdr.n_namesz);
	note->desc_len = hdr.n_descsz;
	if (hdr.n_namesz > NOTE_NAME_MAX)
		hdr.n_namesz = NOTE_NAME_MAX;
	ret = read_text(core, walk->pos + sizeof(hdr), note->name,
			hdr.n_namesz);
	if (ret < 0)
		return ret;

	/* The last descriptor may end without its padding. */
	walk->pos = note->desc_off + padded(hdr.n_descsz);
	if (walk->pos > walk->end)
		walk->pos = walk->end;
	walk->n_notes++;
	return 1;
}

bool note_is_device_dump(const struct note *note)
{
	return note->type == NT_VMCOREDD && !strcmp(note->name, "LINUX") &&
	       note->desc_len >= DUMP_NAME_LEN;
}

int note_count_dumps(const struct vmcore *core, uint64_t *n, uint64_t *len)
{
	struct note_walk walk;
	struct note note;
	int ret;

	*n = *len = 0;
	note_walk_init(&walk, core);
	while ((ret = note_next(core, &walk, &note)) > 0) {
		if (!note_is_device_dump(&note))
			continue;
		++*n;
		*len += walk.pos - note.off;
	}
	if (ret == -EBADMSG)
		log_err("%s: a note at %" PRIu64 " overruns PT_NOTE",
			core->path, walk.pos);
	return ret;
}

int note_dump_name(const struct vmcore *core, const struct note *note,
		   char name[static DUMP_NAME_LEN + 1], uint64_t *off,
		   uint64_t *len)
{
	int ret;

	name[0] = '\0';
	if (note->desc_len < DUMP_NAME_LEN)
		return -EBADMSG;
	ret = read_text(core, note->desc_off, name, DUMP_NAME_LEN);
	if (ret < 0)
		return ret;
	if (off)
		*off = note->desc_off + DUMP_NAME_LEN;
	if (len)
		*len = note->desc_len - DUMP_NAME_LEN;
	return 0;
}
