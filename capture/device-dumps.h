/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device dumps of a vmcore: a table of them, and each one as an object of
 * its own, device-dumps/NN-NAME.zst.
 *
 * The object is what the driver has collected: the bytes behind dump_name up
 * to the end of the note, with the zeros that fill its last page, because the
 * kernel does not say where the data ended.
 */
#ifndef CAPTURE_DEVICE_DUMPS_H
#define CAPTURE_DEVICE_DUMPS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/note.h"
#include "capture/object.h"
#include "capture/vmcore.h"

/* As many become objects; 150 kB of table.  More are counted. */
#define DEVICE_DUMPS_MAX 1024
#define DEVICE_DUMPS_DIR "device-dumps/"
/* DEVICE_DUMPS_DIR, at most 4 digits, '-', the name, ".zst" */
#define DEVICE_DUMP_OBJECT_LEN (sizeof(DEVICE_DUMPS_DIR) + 9 + DUMP_NAME_LEN)
/* So much of it is read at once. */
#define DEVICE_DUMP_PIECE_LEN (64U << 10)

struct device_dump {
	char name[DUMP_NAME_LEN + 1]; /* unprintable bytes as '_' */
	char object[DEVICE_DUMP_OBJECT_LEN];
	uint64_t note_off; /* where its note begins in the vmcore */
	uint64_t off; /* where its data begins */
	uint64_t size; /* of the data */
};

struct device_dumps {
	struct device_dump *list; /* in the order of the notes */
	size_t n; /* at most DEVICE_DUMPS_MAX */
	uint64_t total; /* all that there are */
	uint64_t notes_len; /* bytes of all their notes */
};

/*
 * Reads the headers of all notes, so what follows may rely on them.  0,
 * -EBADMSG, -EIO or -ENOMEM (logged).
 */
int device_dumps_load(struct device_dumps *dumps, const struct vmcore *core);
void device_dumps_free(struct device_dumps *dumps);

/* What of a dump is in its object. */
struct device_dump_content {
	uint64_t size;
	char sha256[DIGEST_HEX_LEN];
};

/*
 * The dump as a zstd frame.  When a page of it cannot be read, the object
 * ends behind the page before, without the frame's end, and the system's
 * -errno comes back; so it does, with -ECANCELED, for object_enough().  Or
 * -ENOMEM; both are logged.  The target's error is in object->err.
 */
int device_dump_write(const struct device_dump *dump, const struct vmcore *core,
		      struct object *object, struct device_dump_content *ret);

#endif
