// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * What a vmcore becomes is compared with a vmcore that was made without the
 * device dumps that are left out.
 */

#include <errno.h>
#include <stdlib.h>

#include "capture/plan.h"
#include "tests/tap.h"
#include "tests/unit/broken-vmcore.h"
#include "tests/unit/vmcore-file.h"

#define REST                                                               \
	"note CORE 1\nzero 336\nnote VMCOREINFO 0\nline OSRELEASE=6.1.0\n" \
	"load 0xffffffff81000000 0x1000000\nfill 9000 1\n"                 \
	"load 0xffff888000000000 0\nfill 5000 2\n"

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

static struct device_dumps dumps;
static struct vmcore core;
static struct plan plan;

/* What is logged comes back. */
static const char *open_plan(const char *description)
{
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	log_take();
	CHECK_INT(device_dumps_load(&dumps, &core), 0);
	CHECK_INT(plan_init(&plan, &core, &dumps), 0);
	return log_taken();
}

static void close_plan(void)
{
	plan_free(&plan);
	device_dumps_free(&dumps);
	vmcore_close(&core);
}

/* Reads the file from off on, in memory of the caller. */
static unsigned char *read_plan(const struct plan *from, uint64_t start,
				uint64_t *unreadable)
{
	unsigned char *bytes = malloc(from->size - start);
	struct plan_reader reader;
	const void *buf;
	uint64_t off = start;
	size_t len;

	plan_reader_init(&reader, from);
	while (off < from->size) {
		CHECK_INT(plan_read(&reader, off, &buf, &len), 0);
		CHECK(len > 0 && len <= from->size - off);
		if (!len || len > from->size - off)
			break;
		memcpy(bytes + (off - start), buf, len);
		off += len;
	}
	if (unreadable)
		*unreadable = reader.unreadable;
	else
		CHECK_INT(reader.unreadable, 0);
	plan_reader_close(&reader);
	return bytes;
}

/* The plan's file is this vmcore. */
static void expect_vmcore(const char *description)
{
	unsigned char *bytes = read_plan(&plan, 0, NULL), *want;
	struct vmcore other;

	CHECK_INT(vmcore_open(&other, vmcore_file(description)), 0);
	CHECK_INT(plan.size, other.size);
	CHECK_INT(plan.note_len, other.note_len);
	for (size_t i = 0; i < other.n_phdrs; i++) {
		Elf64_Phdr phdr = plan_phdr(&plan, i);

		CHECK_MEM(&phdr, &other.phdrs[i], sizeof(phdr));
	}
	want = malloc(other.size);
	CHECK_INT(vmcore_read(&other, 0, want, other.size), 0);
	if (plan.size == other.size)
		CHECK_MEM(bytes, want, other.size);
	vmcore_close(&other);
	free(bytes);
	free(want);
}

/* n dumps of a page each, number cut not among them. */
static char *add_dumps(char *to, int n, int cut)
{
	for (int i = 0; i < n; i++)
		if (i != cut)
			to += sprintf(to, "dump d%d\nu64 %d\n", i, i);
	return to;
}

static void is_the_vmcore_as_a_rule(void)
{
	static char text[4096];

	sprintf(add_dumps(text, 64, -1), REST);
	CHECK_STR(open_plan(text), "");
	CHECK_INT(plan.n_pieces, 1);
	CHECK_INT(plan.n_cut, 0);
	expect_vmcore(text);
	close_plan();
	CHECK_STR(open_plan(REST), "");
	CHECK_INT(plan.n_pieces, 1);
	expect_vmcore(REST);
	close_plan();
}

static void takes_64_dumps(void)
{
	static char text[4096], want[4096];
	const char *log;
	uint64_t off;

	sprintf(add_dumps(text, 70, -1), REST);
	sprintf(add_dumps(want, 64, -1), REST);
	log = open_plan(text);
	CHECK(strstr(log, "6 of 70 device dumps, the first of them number 64,"
			  " are left out of the object vmcore"));
	CHECK_INT(plan.n_cut, 6);
	CHECK_INT(plan.shift, 6 * 4096);
	CHECK(plan_find(&plan, dumps.list[63].note_off, &off));
	CHECK_INT(off, dumps.list[63].note_off);
	CHECK(!plan_find(&plan, dumps.list[64].note_off, &off));
	CHECK(!plan_find(&plan, dumps.list[69].note_off + 4095, &off));
	CHECK(plan_find(&plan, dumps.list[69].note_off + 4096, &off));
	CHECK_INT(off, dumps.list[64].note_off);
	CHECK(!plan_find(&plan, core.size, &off));
	expect_vmcore(want);
	close_plan();
}

/* Program headers of several pages, so that the changed ones cross them. */
static void changes_headers_that_are_long(void)
{
	static char text[16384], want[16384];
	char loads[8192], *to = loads;

	for (int i = 0; i < 160; i++)
		to += sprintf(to, "load 0x%x000 0x%x000\nu64 %d\n", i, i, i);
	strcpy(add_dumps(text, 65, -1), loads);
	strcpy(add_dumps(want, 64, -1), loads);
	open_plan(text);
	expect_vmcore(want);
	close_plan();
}

/* Of others: descriptors end anywhere, notes come in any order. */
static void keeps_offsets_within_their_page(void)
{
	static char text[8192];
	Elf64_Phdr phdr;
	unsigned char *bytes;
	struct note_walk walk;
	struct note note;
	char *to = text;
	uint64_t n = 0;

	for (int i = 0; i < 67; i++)
		to += sprintf(to, "note LINUX 0x700\nzero 44\nu32 %d\n%s", i,
			      i == 65 ? "note CORE 1\nu64 1 2 3\n" : "");
	sprintf(to, "note ODD 5\nzero 8000\n" REST);
	open_plan(text);
	CHECK_INT(plan.n_cut, 3);
	CHECK_INT(plan.note_len, core.note_len - 3 * (12 + 8 + 44 + 4));
	CHECK_INT(plan.shift, 0); /* less than a page is left out */
	phdr = plan_phdr(&plan, 1);
	CHECK_INT(phdr.p_offset, core.phdrs[1].p_offset);
	bytes = read_plan(&plan, 0, NULL);
	for (uint64_t i = core.note_off + plan.note_len; i < phdr.p_offset; i++)
		n += bytes[i];
	CHECK_INT(n, 0);
	free(bytes);
	close_plan();

	/* Dumps of 4200 bytes: two pages less, and 160 bytes of zeros. */
	to = text;
	for (int i = 0; i < 66; i++)
		to += sprintf(to, "note LINUX 0x700\nzero 4180\n");
	sprintf(to, REST);
	open_plan(text);
	CHECK_INT(plan.n_cut, 2);
	CHECK_INT(plan.shift, 8192);
	phdr = plan_phdr(&plan, 1);
	CHECK_INT(phdr.p_offset, core.phdrs[1].p_offset - 8192);
	CHECK_INT(plan.size, core.size - 8192);
	bytes = read_plan(&plan, 0, NULL);
	note_walk_init(&walk, &core);
	for (n = 0; note_next(&core, &walk, &note) > 0;)
		if (!note_is_device_dump(&note))
			n++;
	CHECK_INT(n, 2);
	/* The loads are what they were. */
	for (size_t i = 1; i < core.n_phdrs; i++) {
		char want[9000];

		phdr = plan_phdr(&plan, i);
		vmcore_read(&core, core.phdrs[i].p_offset, want, phdr.p_filesz);
		CHECK_MEM(bytes + phdr.p_offset, want, phdr.p_filesz);
	}
	free(bytes);
	close_plan();
}

static void cuts_nothing_among_other_segments(void)
{
	static char text[8192], load[128];

	sprintf(add_dumps(text, 65, -1), REST);
	open_plan(text);
	plan_free(&plan);
	core.headers_end = core.note_off + 1;
	log_take();
	CHECK_INT(plan_init(&plan, &core, &dumps), 0);
	CHECK(strstr(log_taken(), "no way to leave some out"));
	CHECK_INT(plan.n_pieces, 1);
	CHECK_INT(plan.size, core.size);
	close_plan();
	sprintf(load, "load 0 0\nfill 4096 1\nphdr offset %d\n", 4096 * 64);
	strcpy(add_dumps(text, 65, -1), load);
	CHECK(strstr(open_plan(text), "no way to leave some out"));
	CHECK_INT(plan.n_pieces, 1);
	close_plan();
}

/* 1.5 GiB, 0.75 GiB, a page: the one in the middle does not fit. */
static void takes_as_many_notes_as_one_read_takes(void)
{
	static const char tail[] = "dump c\ntext c\n" REST;
	static char text[1024], want[1024];
	unsigned char *bytes, *other;
	struct vmcore small;
	uint64_t off, from;

	sprintf(text, "dump a\nhole 1610612736\ndump b\nhole 805306368\n%s",
		tail);
	sprintf(want, "dump a\nhole 1610612736\n%s", tail);
	CHECK(strstr(open_plan(text), "1 of 3 device dumps, the first of them"
				      " number 1,"));
	CHECK_INT(plan.n_pieces, 2);
	CHECK(!plan_find(&plan, dumps.list[1].note_off, &off));
	CHECK(plan_find(&plan, dumps.list[2].note_off, &off));
	CHECK_INT(off, dumps.list[1].note_off);
	CHECK(plan.note_len <= PLAN_NOTES_MAX);

	/* What is behind the cut; the zeros before are not read here. */
	from = dumps.list[1].note_off;
	bytes = read_plan(&plan, from, NULL);
	CHECK_INT(vmcore_open(&small, vmcore_file(want)), 0);
	CHECK_INT(plan.size, small.size);
	other = malloc(small.size - from);
	vmcore_read(&small, from, other, small.size - from);
	if (plan.size == small.size)
		CHECK_MEM(bytes, other, small.size - from);
	vmcore_close(&small);
	free(bytes);
	free(other);
	close_plan();
}

/* Dumps of len bytes, all of it but one page and that, then other notes. */
static void open_limit(uint64_t len, const char *others)
{
	static char text[256];

	sprintf(text, "dump a\nhole %llu\ndump b\ntext b\n%sload 0 0\nzero 1\n",
		(unsigned long long)len - 2 * 4096, others);
	open_plan(text);
	CHECK_INT(dumps.notes_len, len);
}

static void takes_exactly_the_limit(void)
{
	open_limit(PLAN_NOTES_MAX, "");
	CHECK_INT(plan.n_cut, 0);
	close_plan();
	open_limit(PLAN_NOTES_MAX + 4096, "");
	CHECK_INT(plan.n_cut, 1);
	CHECK_INT(plan.first_cut, 1);
	CHECK_INT(plan.note_len, PLAN_NOTES_MAX);
	close_plan();
	open_limit(PLAN_NOTES_MAX, "note A 1\nu64 1\n");
	CHECK_INT(plan.n_cut, 1);
	CHECK_INT(plan.note_len, PLAN_NOTES_MAX - 4096 + 12 + 4 + 8);
	close_plan();
}

static struct broken_vmcore broken;

/* Two dumps of 40 pages and one of one page, then the rest; in one piece. */
static struct plan *open_broken(void)
{
	static struct plan_piece piece;
	static struct plan broken_plan;

	broken_vmcore_open(&broken, "dump a\nfill 163000 1\n"
				    "dump b\nfill 163000 2\n"
				    "dump c\nfill 8 3\n" REST);
	piece = (struct plan_piece){ 0, 0 };
	broken_plan = (struct plan){ .core = &broken.core,
				     .size = broken.core.size,
				     .pieces = &piece,
				     .n_pieces = 1 };
	return &broken_plan;
}

/*
 * Breaks pages of the file and reads it: what lacks is zeros, but for the
 * header of a note, which the kernel has.
 */
static void expect_zeros(const uint64_t *pages, size_t n, uint64_t lost)
{
	struct plan *from = open_broken();
	size_t head = VMCORE_PAGE_LEN; /* the ELF headers are left out */
	uint64_t unreadable;
	unsigned char *bytes;
	char *want = malloc(broken.len);
	const char *log;

	memcpy(want, broken.start, broken.len);
	for (size_t i = 0; i < n; i++) {
		broken_vmcore_break(&broken, pages[i] * VMCORE_PAGE_LEN);
		memset(want + pages[i] * VMCORE_PAGE_LEN, 0, VMCORE_PAGE_LEN);
	}
	log_take();
	bytes = read_plan(from, (uintptr_t)broken.start + head, &unreadable);
	log = log_taken();
	CHECK_INT(unreadable, lost);
	CHECK_MEM(bytes, want + head, broken.len - head);
	/* Once, whatever there is of it. */
	log = strstr(log, "Input/output error: what cannot be read of it is"
			  " zeros");
	CHECK(log && !strstr(log + 1, "Input/output error"));
	free(bytes);
	free(want);
	broken_vmcore_close(&broken);
}

static void makes_zeros_of_unreadable_pages(void)
{
	const uint64_t one[] = { 5 }, last[] = { 40 };
	const uint64_t several[] = { 2, 3, 16, 17, 39, 40, 43, 80 };

	expect_zeros(one, 1, 4096);
	expect_zeros(last, 1, 4096);
	expect_zeros(several, 8, 8 * 4096);
}

static void finds_a_dump_again_that_it_has_passed(void)
{
	const uint64_t offs[] = { 70 * 4096, 5 * 4096, 60 * 4096, 4096 };
	struct plan *from = open_broken();
	struct plan_reader reader;
	const void *buf;
	size_t len;

	broken_vmcore_break(&broken, 72 * 4096);
	broken_vmcore_break(&broken, 62 * 4096);
	broken_vmcore_break(&broken, 7 * 4096);
	log_take();
	plan_reader_init(&reader, from);
	for (size_t i = 0; i < 4; i++) {
		uint64_t off = (uintptr_t)broken.start + offs[i];

		CHECK_INT(plan_read(&reader, off, &buf, &len), 0);
		CHECK_MEM(buf, broken.start + offs[i], 4096);
	}
	/* 16 pages are read at once: two of them twice. */
	CHECK_INT(reader.unreadable, 5 * 4096);
	plan_reader_close(&reader);
	log_taken();
	broken_vmcore_close(&broken);
}

/* The header of a note shares its page with data that cannot be read. */
static void keeps_the_header_of_an_unreadable_dump(void)
{
	unsigned char *bytes, want[VMCORE_PAGE_LEN] = { 0 };
	uint64_t unreadable, head;

	open_plan("load 0 0\nfill 9000 1\ndump a\nfill 100000 1\n");
	head = core.note_off + 12 + 8 + DUMP_NAME_LEN;
	CHECK_INT(truncate(core.path, (off_t)head), 0);
	vmcore_read(&core, core.note_off, want, head - core.note_off);
	log_take();
	bytes = read_plan(&plan, 0, &unreadable);
	log_taken();
	CHECK_INT(unreadable, core.size - head);
	CHECK_MEM(bytes + core.note_off, want, VMCORE_PAGE_LEN);
	free(bytes);
	close_plan();
}

static void other_memory_is_not_made_up(void)
{
	struct plan *from = open_broken();
	struct plan_reader reader;
	uint64_t off = (uintptr_t)broken.start + VMCORE_PAGE_LEN;
	const void *buf;
	size_t len;
	int ret = 0;

	/* The first page of the second load, behind 81 of dumps and a note. */
	broken_vmcore_break(&broken, broken.core.phdrs[2].p_offset -
					     (uintptr_t)broken.start);
	log_take();
	plan_reader_init(&reader, from);
	while (off < from->size && !ret) {
		ret = plan_read(&reader, off, &buf, &len);
		off += ret ? 0 : len;
	}
	plan_reader_close(&reader);
	CHECK(strstr(log_taken(), "Input/output error"));
	CHECK_INT(ret, -EIO);
	CHECK_INT(reader.unreadable, 0);
	broken_vmcore_close(&broken);
}

int main(void)
{
	RUN(is_the_vmcore_as_a_rule);
	RUN(takes_64_dumps);
	RUN(changes_headers_that_are_long);
	RUN(keeps_offsets_within_their_page);
	RUN(cuts_nothing_among_other_segments);
	RUN(takes_as_many_notes_as_one_read_takes);
	RUN(takes_exactly_the_limit);
	RUN(makes_zeros_of_unreadable_pages);
	RUN(finds_a_dump_again_that_it_has_passed);
	RUN(keeps_the_header_of_an_unreadable_dump);
	RUN(other_memory_is_not_made_up);
	return tap_done();
}
