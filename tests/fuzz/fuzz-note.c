// SPDX-License-Identifier: GPL-2.0-or-later
/* A PT_NOTE of anything: all that is found lies inside it, in order. */

#include "capture/note.c"
#include "capture/vmcore.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "tests/mkcore.h"
#include "tests/fuzz/fuzz-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmcore core = { .path = "fuzz", .size = size, .note_len = size };
	char name[DUMP_NAME_LEN + 1];
	struct note_walk walk;
	uint64_t end = 0;
	struct note note;

	log_set_level(0);
	core.fd = open(fuzz_file(data, size), O_RDONLY | O_CLOEXEC);
	note_walk_init(&walk, &core);
	while (note_next(&core, &walk, &note) == 1) {
		if (note.off < end || note.desc_off <= note.off ||
		    note.desc_off + note.desc_len > size ||
		    strlen(note.name) > NOTE_NAME_MAX)
			abort();
		end = note.desc_off + note.desc_len;
		if (note_is_device_dump(&note) &&
		    note_dump_name(&core, &note, name, NULL, NULL) < 0)
			abort();
	}
	vmcore_close(&core);
	return 0;
}
