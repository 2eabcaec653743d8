// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/note.o capture/vmcore.o netstream/log.o netstream/io.o
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>

#include "capture/note.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

#define LOAD "load 0 0\nzero 1\n"

static struct vmcore core;
static struct note_walk walk;
static struct note note;

static void start(const char *description)
{
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	note_walk_init(&walk, &core);
}

static void expect(int ret)
{
	CHECK_INT(note_next(&core, &walk, &note), ret);
}

/* In the kernel's order, without a gap between them. */
static void walks_all_notes(void)
{
	start("dump cxgb4_0000:02:00.4\n"
	      "text payload\n"
	      "note CORE 1\n"
	      "zero 336\n"
	      "note VMCOREINFO 0\n"
	      "text odd\n" LOAD);
	expect(1);
	CHECK_INT(note.type, NT_VMCOREDD);
	CHECK_STR(note.name, "LINUX");
	CHECK_INT(note.off, 4096);
	CHECK_INT(note.desc_off, 4096 + 20);
	CHECK_INT(note.desc_len, 4096 - 20);
	CHECK(note_is_device_dump(&note));
	expect(1);
	CHECK_INT(note.type, NT_PRSTATUS);
	CHECK_STR(note.name, "CORE");
	CHECK_INT(note.off, 8192);
	CHECK_INT(note.desc_len, 336);
	CHECK(!note_is_device_dump(&note));
	expect(1);
	CHECK_STR(note.name, "VMCOREINFO");
	CHECK_INT(note.desc_len, 3);
	expect(0);
	expect(0);
	vmcore_close(&core);
}

static void ends_at_the_zero_fill(void)
{
	start("note CORE 1\nzero 4\nnote A 0\nnhdr namesz 0\nzero 64\n" LOAD);
	expect(1);
	expect(0);
	vmcore_close(&core);
	start("note CORE 1\nphdr filesz 0\n" LOAD);
	expect(0);
	vmcore_close(&core);
	start(LOAD);
	expect(0);
	vmcore_close(&core);
}

/* Header 12, name 8, descriptor 8: any shorter segment cuts the note. */
static void rejects_a_note_that_overruns(void)
{
	char text[128];

	for (int cut = 0; cut < 28; cut++) {
		snprintf(text, sizeof(text),
			 "note CORE 1\nu64 1\nphdr filesz %d\n" LOAD, cut);
		start(text);
		expect(cut < 12 ? 0 : -EBADMSG);
		vmcore_close(&core);
	}
	start("note CORE 1\nu64 1\nphdr filesz 28\n" LOAD);
	expect(1);
	expect(0);
	vmcore_close(&core);
}

static void lets_the_last_descriptor_lack_its_padding(void)
{
	start("note CORE 1\ntext 12345678901234567890\nnhdr descsz 5\n"
	      "phdr filesz 25\n" LOAD);
	expect(1);
	CHECK_INT(note.desc_len, 5);
	expect(0);
	vmcore_close(&core);
}

static void rejects_lengths_that_would_wrap(void)
{
	start("note CORE 1\nnhdr namesz 0xffffffff\nnhdr descsz 0xffffffff\n"
	      "zero 64\n" LOAD);
	expect(-EBADMSG);
	vmcore_close(&core);
	start("note CORE 1\nnhdr descsz 0xfffffffd\nzero 64\n" LOAD);
	expect(-EBADMSG);
	vmcore_close(&core);
	start("note CORE 1\nnhdr namesz 0xfffffffd\nzero 64\n" LOAD);
	expect(-EBADMSG);
	vmcore_close(&core);
}

/* Headers with a name of one byte and nothing else: 16 bytes each. */
static void gives_up_on_endless_notes(void)
{
	static char notes[16 * (NOTES_MAX + 10)];
	size_t n = 0;
	int ret;

	for (size_t at = 0; at < sizeof(notes); at += 16)
		notes[at] = 1;
	core = (struct vmcore){ .fd = memfd_create("notes", MFD_CLOEXEC),
				.path = "notes",
				.size = sizeof(notes),
				.note_len = sizeof(notes) };
	CHECK_INT(write(core.fd, notes, sizeof(notes)), sizeof(notes));
	note_walk_init(&walk, &core);
	while ((ret = note_next(&core, &walk, &note)) == 1)
		n++;
	CHECK_INT(ret, -EBADMSG);
	CHECK_INT(n, NOTES_MAX);
	vmcore_close(&core);
}

static void cuts_a_long_name(void)
{
	start("note 0123456789012345678901234567890123456789 5\ntext x\n" LOAD);
	expect(1);
	CHECK_STR(note.name, "0123456789012345678901234567890");
	CHECK_INT(note.desc_len, 1);
	expect(0);
	vmcore_close(&core);
}

static void shows_no_control_characters(void)
{
	uint64_t off, len;
	char name[DUMP_NAME_LEN + 1];

	start("dump a\x1b[2J\x7f\xc3\ntext x\n" LOAD);
	expect(1);
	CHECK_INT(note_dump_name(&core, &note, name, &off, &len), 0);
	CHECK_STR(name, "a_[2J__");
	CHECK_INT(off, 4096 + 64);
	CHECK_INT(len, 4096 - 64);
	vmcore_close(&core);
}

static void ends_a_dump_name_of_full_length(void)
{
	char name[DUMP_NAME_LEN + 1];

	start("dump 01234567890123456789012345678901234567890123XYZ\n"
	      "text payload\n" LOAD);
	expect(1);
	CHECK_INT(note_dump_name(&core, &note, name, NULL, NULL), 0);
	CHECK_STR(name, "01234567890123456789012345678901234567890123");
	vmcore_close(&core);
}

static void knows_a_dump_without_room_for_its_name(void)
{
	char name[DUMP_NAME_LEN + 1];

	start("note LINUX 0x700\nzero 43\n" LOAD);
	expect(1);
	CHECK(!note_is_device_dump(&note));
	CHECK_INT(note_dump_name(&core, &note, name, NULL, NULL), -EBADMSG);
	vmcore_close(&core);
	start("note LINUX 0x700\nzero 44\n" LOAD);
	expect(1);
	CHECK(note_is_device_dump(&note));
	vmcore_close(&core);
	start("note CORE 0x700\nzero 44\n" LOAD);
	expect(1);
	CHECK(!note_is_device_dump(&note));
	vmcore_close(&core);
}

int main(void)
{
	RUN(walks_all_notes);
	RUN(ends_at_the_zero_fill);
	RUN(rejects_a_note_that_overruns);
	RUN(lets_the_last_descriptor_lack_its_padding);
	RUN(rejects_lengths_that_would_wrap);
	RUN(gives_up_on_endless_notes);
	RUN(cuts_a_long_name);
	RUN(shows_no_control_characters);
	RUN(ends_a_dump_name_of_full_length);
	RUN(knows_a_dump_without_room_for_its_name);
	return tap_done();
}
