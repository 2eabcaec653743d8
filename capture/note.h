/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walk the ELF notes of a vmcore.
 *
 * /proc/vmcore has a single PT_NOTE: the device dumps (NT_VMCOREDD) come
 * first, so that their zero fill is never taken for notes, then NT_PRSTATUS
 * per CPU, then VMCOREINFO, which may thus be gigabytes into the file.  Only
 * headers and names are read here; descriptors are for the caller to stream.
 * p_align is 0 or 4, names and descriptors are padded to 4 bytes.  A header
 * whose n_namesz is 0 is the zero fill at the end.
 */
#ifndef CAPTURE_NOTE_H
#define CAPTURE_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmcore.h"

#ifndef NT_VMCOREDD
#define NT_VMCOREDD 0x700
#endif

/* "VMCOREINFO", "CORE", "LINUX": all names that matter are shorter. */
#define NOTE_NAME_MAX 31
/* A note per CPU and a few more; a segment with more is not from a kernel. */
#define NOTES_MAX 65536
/* The name that starts the descriptor of a device dump. */
#define DUMP_NAME_LEN 44

struct note {
	uint32_t type; /* NT_PRSTATUS, NT_VMCOREDD, ... */
	char name[NOTE_NAME_MAX + 1]; /* cut, sanitised */
	uint64_t off; /* of the header, in the file */
	uint64_t desc_off;
	uint32_t desc_len;
};

struct note_walk {
	uint64_t pos;
	uint64_t end;
	size_t n_notes;
};

void note_walk_init(struct note_walk *walk, const struct vmcore *core);

/*
 * Returns 1 for a note, 0 at the end, -EBADMSG if a note overruns the
 * segment, -EIO.  Only read errors are logged.
 */
int note_next(const struct vmcore *core, struct note_walk *walk,
	      struct note *note);

/*
 * A device dump: n_descsz holds dump_name, the data, and the zeros up to the
 * end of the page (the kernel does not record the data's own length).
 */
bool note_is_device_dump(const struct note *note);

/*
 * How many there are, and the bytes of all their notes; reads the headers of
 * every note.  0, -EBADMSG or -EIO (logged).
 */
int note_count_dumps(const struct vmcore *core, uint64_t *n, uint64_t *len);

/*
 * The dump_name, its unprintable bytes as '_'.  *off and *len are of the data
 * behind it; either may be NULL.  0, or -errno as from vmcore_read().
 */
int note_dump_name(const struct vmcore *core, const struct note *note,
		   char name[static DUMP_NAME_LEN + 1], uint64_t *off,
		   uint64_t *len);

#endif
