// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <fcntl.h>

#include "tests/unit/filtered-plan.h"

#define TEXT "load 0xffffffff81000000 0x1000000\nfill 9000 1\n"
#define NOTES "note CORE 1\nzero 336\nnote VMCOREINFO 0\nline OSRELEASE=6.1.0\n"
#define RAM(paddr, len) "load 0xffff8880" paddr " 0x" paddr "\nfill " len " 2\n"

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

/* 1024 frames at 16 MiB. */
#define RAM_1024 NOTES RAM("01000000", "4194304")
#define AT 0x1000

static void splits_behind_a_long_run(void)
{
	static const uint64_t long_run[][2] = { { AT + 10, AT + 266 }, { 0 } };
	static const uint64_t short_run[][2] = { { AT + 10, AT + 265 }, { 0 } };
	Elf64_Phdr phdr;

	rule.runs = long_run;
	CHECK(strstr(filtered_open(RAM_1024, 12),
		     "1048576 bytes of memory left out, 3 program headers"));
	filtered_expect(2, (1024 - 256) * 4096, 256 * 4096);
	phdr = plan_phdr(&plan, 1);
	CHECK_INT(phdr.p_filesz, 10 * 4096);
	CHECK_INT(phdr.p_memsz, 266 * 4096);
	filtered_compare(0);
	/* The header, notes, ten frames and the others. */
	CHECK_INT(plan.size, 2 * 4096 + (1024 - 256) * 4096);
	filtered_close();

	rule.runs = short_run;
	filtered_open(RAM_1024, 12);
	CHECK(!plan.parts);
	filtered_close();
}

static void needs_no_load_for_what_is_left_out_at_an_end(void)
{
	static const uint64_t last[][2] = { { AT + 1023, AT + 1024 }, { 0 } };
	static const uint64_t first[][2] = { { AT, AT + 256 }, { 0 } };
	static const uint64_t both[][2] = { { AT, AT + 300 },
					    { AT + 301, AT + 1024 },
					    { 0 } };
	static const uint64_t all[][2] = { { AT, AT + 1024 }, { 0 } };
	Elf64_Phdr phdr;

	rule.runs = last;
	filtered_open(RAM_1024, 12);
	filtered_expect(1, 1023 * 4096, 4096);
	filtered_compare(0);
	filtered_close();
	rule.runs = first;
	filtered_open(RAM_1024, 12);
	filtered_expect(2, 768 * 4096, 256 * 4096);
	CHECK_INT(plan_phdr(&plan, 1).p_filesz, 0);
	CHECK_INT(plan_phdr(&plan, 1).p_offset, 0);
	CHECK_INT(plan_phdr(&plan, 1).p_memsz, 256 * 4096);
	filtered_compare(0);
	filtered_close();
	rule.runs = both;
	filtered_open(RAM_1024, 12);
	filtered_expect(2, 4096, 1023 * 4096);
	filtered_compare(0);
	filtered_close();
	rule.runs = all;
	filtered_open(RAM_1024, 12);
	filtered_expect(1, 0, 1024 * 4096);
	phdr = plan_phdr(&plan, 1);
	CHECK_INT(phdr.p_offset, 0);
	CHECK_INT(phdr.p_memsz, 1024 * 4096);
	filtered_compare(0);
	filtered_close();
}

static bool no_frame(uint64_t pfn)
{
	(void)pfn;
	return false;
}

static bool every_frame(uint64_t pfn)
{
	(void)pfn;
	return true;
}

static void leaves_a_plan_alone_that_loses_nothing(void)
{
	rule.left_out = no_frame;
	CHECK_STR(filtered_open(RAM_1024, 12), "");
	CHECK(!plan.parts);
	CHECK_INT(plan.n_pieces, 1);
	CHECK_INT(plan.size, core.size);
	CHECK_INT(rule.pass, 1);
	CHECK_INT(plan_n_phdrs(&plan), 2);
	filtered_close();
}

static void takes_the_kernel_text_whole(void)
{
	/* Its frames are 0x1000 to 0x1002, of other memory 0xfff to 0x1003. */
	static const char text[] = NOTES TEXT RAM("00fff000", "20480");
	static const char before[] = NOTES TEXT RAM("01001000", "20480");
	/* Nothing else has the memory of this one. */
	static const char alone[] =
		NOTES "load 0xffffffff81000000 0x1000000\nfill 8192 1\n" RAM(
			"02000000", "20480");

	rule.left_out = every_frame;
	filtered_open(text, 12);
	filtered_expect(2, 9000, 20480);
	filtered_compare(1);
	filtered_close();
	/* It begins before the memory that it is in. */
	rule.left_out = every_frame;
	filtered_open(before, 12);
	filtered_expect(2, 9000, 20480);
	filtered_compare(1);
	filtered_close();
	rule.left_out = every_frame;
	filtered_open(alone, 12);
	filtered_expect(2, 0, 8192 + 20480);
	filtered_compare(0);
	filtered_close();
}

/* Three of 1024 are kept. */
static bool long_runs(uint64_t pfn)
{
	return pfn % 1024 > 2;
}

static bool runs_of_300(uint64_t pfn)
{
	return pfn / 300 & 1;
}

/* Segments that begin and end anywhere, and across windows of the filter. */
static void keeps_what_is_part_of_a_frame(void)
{
	static const char odd[] = NOTES RAM("07f80200", "20000000")
		RAM("09292f00", "700000") "load 0xffff88800f000800 0xf000800\n"
					  "fill 100 3\n";
	static bool (*const rules[])(uint64_t) = { long_runs, every_frame,
						   runs_of_300 };

	for (size_t i = 0; i < 3; i++) {
		for (unsigned int shift = 12; shift <= 16; shift += 2) {
			rule.left_out = rules[i];
			filtered_open(odd, shift);
			CHECK(plan.parts || shift > 12);
			if (plan.parts)
				filtered_compare(0);
			filtered_close();
		}
	}
}

static void takes_overlapping_segments_whole(void)
{
	/* The second one begins in the first one, the third one is behind. */
	static const char text[] =
		NOTES "load 0xffff888000000000 0\nfill 8192 1\n"
		      "load 0xffff888001000000 0x1000000\nfill 16384 2\n"
		      "load 0xffff888101000000 0x1002000\nfill 16384 3\n"
		      "load 0xffff888002000000 0x2000000\nfill 4096 4\n";

	rule.left_out = every_frame;
	filtered_open(text, 12);
	filtered_expect(4, 16384, 8192 + 16384 + 4096);
	filtered_compare(3);
	filtered_close();
}

static void takes_segments_in_any_order(void)
{
	static const char text[] =
		NOTES "load 0xffff888005000000 0x5000000\nfill 8192 1\n"
		      "load 0xffff888009000000 0x9000000\nfill 16384 2\n"
		      "load 0xffff888001000000 0x1000000\nfill 16384 3\n";

	rule.left_out = long_runs;
	filtered_open(text, 12);
	filtered_compare(0);
	filtered_close();
}

static void knows_segments_with_other_lengths_in_memory(void)
{
	static const char more[] = RAM_1024 "phdr memsz 5000000\n";
	static const char less[] = RAM_1024 "phdr memsz 4096\n";
	static const char none[] = RAM_1024 "load 0x1000 0x8000000\n"
					    "phdr memsz 8192\n";
	Elf64_Phdr phdr;

	rule.left_out = long_runs;
	filtered_open(more, 12);
	filtered_compare(0);
	filtered_close();
	rule.left_out = every_frame;
	filtered_open(less, 12);
	filtered_compare(0);
	filtered_close();
	rule.left_out = every_frame;
	filtered_open(none, 12);
	filtered_compare(0);
	phdr = plan_phdr(&plan, 1);
	CHECK_INT(phdr.p_memsz, 8192);
	CHECK_INT(phdr.p_offset, 0);
	filtered_close();
}

/* 70 dumps of a page, of which 64 are taken. */
static void leaves_out_device_dumps_too(void)
{
	static char text[8192];
	char *to = text;
	struct vmcore file;
	unsigned char *bytes;
	struct note_walk walk;
	struct note note;
	uint64_t n = 0, value;

	for (int i = 0; i < 70; i++)
		to += sprintf(to, "dump d%d\nu64 %d\n", i, i);
	sprintf(to, RAM_1024);
	rule.left_out = runs_of_300;
	filtered_open(text, 12);
	CHECK_INT(plan.n_cut, 6);
	CHECK_INT(plan.note_len, core.note_len - 6 * 4096);
	filtered_compare(0);
	bytes = filtered_read(&file);
	CHECK_INT(file.note_len, plan.note_len);
	note_walk_init(&walk, &file);
	while (note_next(&file, &walk, &note) > 0) {
		if (!note_is_device_dump(&note))
			continue;
		memcpy(&value, bytes + note.desc_off + DUMP_NAME_LEN, 8);
		CHECK_INT(value, n++);
	}
	CHECK_INT(n, 64);
	vmcore_close(&file);
	free(bytes);
	filtered_close();
}

/* Where something of the vmcore is in the file. */
static void finds_what_is_in_the_file(void)
{
	static const uint64_t runs[][2] = { { AT + 10, AT + 20 },
					    { AT + 300, AT + 700 },
					    { 0 } };
	uint64_t ram, off;

	rule.runs = runs;
	filtered_open(RAM_1024, 12);
	ram = core.phdrs[1].p_offset;
	CHECK(plan_find(&plan, core.note_off, &off));
	CHECK_INT(off, 4096);
	CHECK(plan_find(&plan, ram + 9 * 4096, &off));
	CHECK_INT(off, (2 + 9) * 4096);
	CHECK(plan_find(&plan, ram + 10 * 4096, &off));
	CHECK_INT(off, (2 + 10) * 4096);
	CHECK(!plan_find(&plan, ram + 500 * 4096, &off));
	CHECK(plan_find(&plan, ram + 701 * 4096 + 5, &off));
	CHECK_INT(off, (2 + 301) * 4096 + 5);
	CHECK(!plan_find(&plan, PLAN_HEADERS, &off));
	filtered_close();
}

/* 64 GiB without content. */
#define RAM_64G NOTES "load 0xffff888000000000 0\nhole 68719476736\n"
#define LEN_64G (1ULL << 36)

static uint64_t run_len;

/* As many frames are kept as are left out, which are the last ones too. */
static bool every_other_run(uint64_t pfn)
{
	return pfn / run_len & 1;
}

/* Headers, notes, zeros up to a page, and then: */
#define OTHER_PIECES 3

static void bounds_what_it_holds(void)
{
	/* 16384 runs split it, one more is at the end. */
	run_len = 512;
	rule.left_out = every_other_run;
	filtered_open(NOTES "load 0xffff888000000000 0\nhole 68723671040\n",
		      12);
	filtered_expect(16385, LEN_64G / 2 + 512 * 4096,
			LEN_64G / 2 + 512 * 4096);
	CHECK_INT(plan.n_pieces, OTHER_PIECES + 16385);
	CHECK_INT(plan_n_phdrs(&plan), 1 + 1 + PLAN_SPLITS_MAX);
	filtered_close();
	/* 32767 would be too many, for zeros too: they stay. */
	run_len = 256;
	rule.left_out = every_other_run;
	filtered_open(RAM_64G, 12);
	filtered_expect(1, LEN_64G - 256 * 4096, 256 * 4096);
	CHECK_INT(plan.n_pieces, OTHER_PIECES + 1);
	filtered_close();
}

/* Long runs, and more shorter ones than fit. */
static bool both_kinds(uint64_t pfn)
{
	return pfn >= 6 << 20 ? pfn >> 10 & 1 : pfn >> 8 & 1;
}

static void takes_the_longest_runs_first(void)
{
	rule.left_out = both_kinds;
	filtered_open(RAM_64G, 12);
	/* Up to 24 GiB they are of 1 MiB, 12288 zeros; then of 4 MiB. */
	filtered_expect(1 + 5119, LEN_64G - (20ULL << 30), 32ULL << 30);
	CHECK_INT(plan.n_pieces, OTHER_PIECES + 5120 + 2 * 12288);
	filtered_close();
}

/* The second pass sees more runs than the first one, or fewer. */
static bool more(uint64_t pfn)
{
	return rule.pass == 2 ? pfn / 256 & 1
			      : pfn >= AT + 512 && pfn < AT + 768;
}

static bool fewer(uint64_t pfn)
{
	return rule.pass != 2 && (pfn / 256 & 1);
}

static void copes_with_memory_that_changes(void)
{
	rule.left_out = more;
	filtered_open(NOTES RAM("01000000", "8388608"), 12);
	/* One split, as counted, one at the end, and two are zeros. */
	filtered_expect(2, (2048 - 2 * 256) * 4096, 4 * 256 * 4096);
	filtered_compare(0);
	filtered_close();
	rule.left_out = fewer;
	filtered_open(RAM_1024, 12);
	filtered_expect(1, 1024 * 4096, 0);
	filtered_compare(0);
	filtered_close();
}

/* A filter that ends before the memory does. */
static void keeps_what_is_not_filtered(void)
{
	rule.left_out = every_frame;
	rule.windows = 1;
	filtered_open(NOTES RAM("07e00000", "4194304"), 12);
	filtered_expect(2, 2097152, 2097152);
	rule.windows = 0;
	filtered_close();
}

static void makes_no_file_of_too_many_segments(void)
{
	static const char text[] = RAM_1024 "ehdr xnum 2\n";

	rule.left_out = every_frame;
	filtered_open(text, 12);
	/* In section header 0, but no more than others. */
	CHECK(plan.parts);
	filtered_compare(0);
	filtered_close();

	CHECK_INT(vmcore_open(&core, vmcore_file(RAM_1024)), 0);
	CHECK_INT(memory_init(&memory, &core, 12), 0);
	CHECK_INT(device_dumps_load(&dumps, &core), 0);
	CHECK_INT(plan_init(&plan, &core, &dumps), 0);
	core.n_phdrs = PN_XNUM;
	core.phdrs = realloc(core.phdrs, PN_XNUM * sizeof(*core.phdrs));
	memset(core.phdrs + 2, 0, (PN_XNUM - 2) * sizeof(*core.phdrs));
	log_take();
	CHECK_INT(plan_filter(&plan, &memory, NULL), 0);
	CHECK(strstr(log_taken(), "nothing is left out of it"));
	CHECK(!plan.parts);
	core.n_phdrs = 2;
	core.phdrs[1].p_filesz = INT64_MAX;
	log_take();
	CHECK_INT(plan_filter(&plan, &memory, NULL), 0);
	CHECK(strstr(log_taken(), "nothing is left out of it"));
	CHECK(!plan.parts);
	filtered_close();
}

static void puts_the_headers_where_readers_expect_them(void)
{
	Elf64_Ehdr ehdr = { .e_ident = ELFMAG, .e_machine = EM_AARCH64 };
	int fd;

	rule.left_out = long_runs;
	filtered_open(RAM_1024, 12);
	/* As QEMU has them: not there. */
	ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr.e_type = ET_CORE;
	ehdr.e_ehsize = 8;
	ehdr.e_phentsize = sizeof(Elf64_Phdr);
	ehdr.e_phoff = 192;
	ehdr.e_shoff = 64;
	ehdr.e_shnum = 2;
	ehdr.e_shstrndx = 1;
	fd = open(core.path, O_RDWR);
	CHECK_INT(pwrite(fd, &ehdr, sizeof(ehdr), 0), sizeof(ehdr));
	close(fd);
	core.machine = EM_AARCH64;
	filtered_compare(0);
	filtered_close();
}

static void needs_no_notes(void)
{
	rule.left_out = long_runs;
	filtered_open(RAM("01000000", "40960"), 12);
	CHECK_INT(plan_n_phdrs(&plan), 1);
	log_take();
	filtered_compare(1);
	log_taken();
	filtered_close();
}

int main(void)
{
	RUN(splits_behind_a_long_run);
	RUN(needs_no_load_for_what_is_left_out_at_an_end);
	RUN(leaves_a_plan_alone_that_loses_nothing);
	RUN(takes_the_kernel_text_whole);
	RUN(keeps_what_is_part_of_a_frame);
	RUN(takes_overlapping_segments_whole);
	RUN(takes_segments_in_any_order);
	RUN(knows_segments_with_other_lengths_in_memory);
	RUN(leaves_out_device_dumps_too);
	RUN(finds_what_is_in_the_file);
	RUN(bounds_what_it_holds);
	RUN(takes_the_longest_runs_first);
	RUN(copes_with_memory_that_changes);
	RUN(keeps_what_is_not_filtered);
	RUN(makes_no_file_of_too_many_segments);
	RUN(puts_the_headers_where_readers_expect_them);
	RUN(needs_no_notes);
	return tap_done();
}
