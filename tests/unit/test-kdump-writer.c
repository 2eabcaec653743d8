// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * A small machine goes to a file target, and what is there is read by the
 * rules of the format.  Nothing is known of its struct pages, so all of its
 * pages are kept.
 */

#include <errno.h>

#include "capture/kdump-header.h"
#include "capture/kdump-writer.h"
#include "netstream/io.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"
#include "tests/unit/vmcore-file.h"

#define PAGE 4096
#define NO_PAGE UINT64_MAX

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

/* Frames 0x10-0x17 and 0x100-0x10b; the image is 0x104-0x107. */
#define MACHINE                                                    \
	"dump one\nfill 5000 9\n"                                  \
	"note CORE 1\nzero 336\nnote CORE 1\nzero 336\n"           \
	"note VMCOREINFO 0\nline OSRELEASE=6.1.0\n"                \
	"line PAGESIZE=4096\nline NUMBER(phys_base)=-8192\n"       \
	"line SYMBOL(_stext)=ffffffff81000000\n"                   \
	"load 0xffffffff81000000 0x104000\n"                       \
	"fill 4096 3\nzero 4096\ntext image\nalign 8192\nzero 0\n" \
	"load 0xffff888000010000 0x10000\n"                        \
	"fill 8192 1\nzero 8192\ntext hello\nalign 32768\n"        \
	"load 0xffff888000100000 0x100000\n"                       \
	"fill 16384 2\n"                                           \
	"fill 4096 3\nzero 4096\ntext image\nalign 8192\n"         \
	"fill 16384 4\n"

static struct session session;
static struct kdump_figures figures;
static struct object_result result;
static unsigned char *file;
static size_t file_len;
static struct kdump_header header;
static struct kdump_sub_header sub;
static unsigned int n_progress;
static unsigned int n_until_enough; /* questions with the answer no; 0: all */

static void progressed(void *arg, uint64_t pfn)
{
	(void)arg;
	(void)pfn;
	n_progress++;
}

static bool enough(void *arg)
{
	(void)arg;
	return n_until_enough && --n_until_enough == 0;
}

static int send(const struct kdump_options *options, const char *name)
{
	const struct target_config config = { 0 };
	struct target *target;
	struct object object;
	char url[64], path[128];
	int ret;

	snprintf(url, sizeof(url), "file://%s", scratch);
	snprintf(path, sizeof(path), "%s/%s/vmcore", scratch, name);
	ret = target_open(&target, url, &config, name);
	if (ret < 0)
		return ret;
	ret = object_init(&object, target, "vmcore", OBJECT_RECORDS);
	object.enough = enough;
	if (!ret)
		ret = kdump_write(&session, options, &object, progressed, NULL,
				  &figures);
	free(result.parts);
	result.parts = NULL;
	CHECK_INT(figures.incomplete, ret == -ECANCELED);
	if (!ret || figures.incomplete)
		ret = object_end(&object, &result);
	object_free(&object);
	target_close(target);
	free(file);
	file = NULL;
	if (!ret)
		ret = read_file(path, 64U << 20, (char **)&file, &file_len);
	if (!ret && file_len >= PAGE + sizeof(sub)) {
		memcpy(&header, file, sizeof(header));
		memcpy(&sub, file + PAGE, sizeof(sub));
	}
	return ret;
}

static int write_machine(enum page_codec codec, unsigned int n_threads,
			 const char *name)
{
	const struct kdump_options options = {
		.level = 31,
		.choice = { codec, 1 },
		.n_threads = n_threads,
	};

	return send(&options, name);
}

/* Sending makes the file that is there once more. */
static void check_same(const struct kdump_options *options, const char *name)
{
	unsigned char *before = file;
	size_t len = file_len;

	file = NULL;
	CHECK_INT(send(options, name), 0);
	CHECK_INT(file_len, len);
	CHECK_MEM(file, before, len);
	free(before);
}

static void kept_bits_make_the_same_file(void)
{
	const struct kdump_options options = {
		.level = 31,
		.n_threads = 1,
		.kept_bits = FILTER_WINDOW_LEN,
	};

	CHECK_INT(write_machine(CODEC_NONE, 1, "second-pass"), 0);
	check_same(&options, "kept-bits");
}

static bool bit(int map, uint64_t pfn)
{
	uint64_t maps = PAGE * (1ULL + header.sub_header_blocks);

	maps += (uint64_t)map * header.bitmap_blocks / 2 * PAGE;
	return file[maps + pfn / 8] >> (pfn % 8) & 1;
}

/* The descriptor of a page of bitmap 2. */
static struct page_desc desc_of(uint64_t pfn)
{
	uint64_t off =
		PAGE * (1ULL + header.sub_header_blocks + header.bitmap_blocks);
	struct page_desc desc;

	for (uint64_t i = 0; i < pfn; i++)
		off += bit(1, i) ? sizeof(desc) : 0;
	memcpy(&desc, file + off, sizeof(desc));
	return desc;
}

static bool in_memory(uint64_t pfn)
{
	return (pfn >= 0x10 && pfn < 0x18) || (pfn >= 0x100 && pfn < 0x10c);
}

static void check_pages(enum page_codec codec)
{
	unsigned char want[PAGE];
	struct page_desc desc;

	for (uint64_t pfn = 0; pfn < sub.max_mapnr_64; pfn++) {
		CHECK_INT(bit(0, pfn), in_memory(pfn));
		CHECK_INT(bit(1, pfn), in_memory(pfn));
		if (!in_memory(pfn))
			continue;
		desc = desc_of(pfn);
		CHECK(desc.off && desc.off + desc.len <= file_len);
		CHECK(desc.len <= PAGE);
		if (codec == CODEC_NONE)
			CHECK_INT(desc.flags, PAGE_RAW);
		if (desc.flags)
			continue;
		CHECK_INT(desc.len, PAGE);
		CHECK_INT(
			vmcore_read_phys(&session.core, pfn * PAGE, want, PAGE),
			0);
		CHECK_MEM(file + desc.off, want, PAGE);
	}
}

static void header_says_what_is_there(void)
{
	const char *text = "OSRELEASE=6.1.0\n";

	CHECK_INT(write_machine(CODEC_NONE, 1, "header"), 0);
	CHECK_MEM(header.signature, "KDUMP   ", 8);
	CHECK_INT(header.header_version, 6);
	CHECK_INT(header.block_len, PAGE);
	CHECK_STR(header.utsname.machine, "x86_64");
	CHECK_INT(header.n_cpus, 2);
	CHECK_INT(header.max_mapnr, 0x10c);
	CHECK_INT(header.bitmap_blocks, 2);
	CHECK_INT(header.status, 0);
	CHECK_INT(sub.phys_base, -8192);
	CHECK_INT(sub.max_mapnr_64, 0x10c);
	/* Nothing was known of the pages, so only zeros were left out. */
	CHECK_INT(sub.dump_level, 1);
	CHECK_INT(sub.notes_off, PAGE + sizeof(sub));
	CHECK_INT(sub.notes_len, session.core.note_len);
	CHECK_MEM(file + sub.vmcoreinfo_off, text, strlen(text));
	CHECK_INT(sub.vmcoreinfo_len, session.info.len);
}

static void notes_are_as_they_were(void)
{
	unsigned char *want = malloc(session.core.note_len);

	CHECK_INT(vmcore_read(&session.core, session.core.note_off, want,
			      session.core.note_len),
		  0);
	CHECK_MEM(file + sub.notes_off, want, session.core.note_len);
	free(want);
}

static void every_page_is_there_with_every_codec(void)
{
	static const char *const names[] = { "none", "lzo", "zlib", "zstd" };

	for (int codec = CODEC_NONE; codec <= CODEC_ZSTD; codec++) {
		CHECK_INT(
			write_machine((enum page_codec)codec, 1, names[codec]),
			0);
		check_pages((enum page_codec)codec);
		CHECK_INT(figures.kept, 20);
		CHECK_INT(figures.unreadable, 0);
	}
}

static void zero_pages_share_one(void)
{
	struct page_desc a = desc_of(0x12), b = desc_of(0x13);

	CHECK(a.off == b.off && a.off);
	CHECK_INT(a.len, PAGE);
	CHECK_INT(a.flags, 0);
	CHECK_INT(figures.zero, 2 + 3 + 2);
}

/* They are the first data behind the page of zeros. */
static void the_image_comes_early(void)
{
	struct page_desc image = desc_of(0x104), first = desc_of(0x10);

	CHECK_INT(figures.early, 4);
	CHECK(image.off < first.off);
}

static void threads_make_the_same_file(void)
{
	const struct kdump_options options = {
		.level = 31,
		.choice = { CODEC_ZSTD, 1 },
		.n_threads = 3,
	};

	CHECK_INT(write_machine(CODEC_ZSTD, 1, "j1"), 0);
	check_same(&options, "j3");
}

static void digest_of(const unsigned char *bytes, uint64_t len,
		      char hex[static DIGEST_HEX_LEN])
{
	struct digest *digest = digest_new();
	uint8_t sum[DIGEST_LEN];

	digest_update(digest, bytes, len);
	digest_final(digest, sum);
	digest_free(digest);
	digest_hex(sum, hex);
}

static void parts_have_the_digests_of_the_file(void)
{
	uint64_t at = 0;
	char hex[DIGEST_HEX_LEN];

	CHECK_INT(result.size, file_len);
	CHECK(result.n_parts > 4);
	for (size_t i = 0; i < result.n_parts; i++) {
		CHECK_INT(result.parts[i].off, at);
		digest_of(file + at, result.parts[i].size, hex);
		CHECK_STR(result.parts[i].sha256, hex);
		at += result.parts[i].size;
	}
	CHECK_INT(at, file_len);
}

static void the_incomplete_header_differs_in_its_status_alone(void)
{
	struct kdump_header incomplete;

	CHECK_INT(kdump_incomplete_header(&session, &incomplete), 0);
	CHECK_INT(incomplete.status, KDUMP_INCOMPLETE);
	incomplete.status = header.status;
	CHECK_MEM(&incomplete, &header, sizeof(header));
}

/* What there is of it is right; returns how many pages that is. */
static unsigned int check_what_is_there(void)
{
	unsigned char want[PAGE];
	unsigned int n = 0, n_missing = 0;

	for (uint64_t pfn = 0; pfn < sub.max_mapnr_64; pfn++) {
		struct page_desc desc;

		if (!bit(1, pfn))
			continue;
		desc = desc_of(pfn);
		n_missing += !desc.off;
		if (!desc.off || desc.off + PAGE > file_len)
			continue;
		CHECK_INT(desc.len, PAGE);
		CHECK_INT(
			vmcore_read_phys(&session.core, pfn * PAGE, want, PAGE),
			0);
		CHECK_MEM(file + desc.off, want, PAGE);
		n++;
	}
	CHECK_INT(figures.not_sent, n_missing);
	return n;
}

/* Early pages are behind the first batch, so some are still to be digested. */
#define LARGER_MACHINE                                       \
	"note CORE 1\nzero 336\nnote VMCOREINFO 0\n"         \
	"line OSRELEASE=6.1.0\nline PAGESIZE=4096\n"         \
	"line SYMBOL(_stext)=ffffffff81000000\n"             \
	"load 0xffffffff81000000 0x200000\nfill 1228800 5\n" \
	"load 0xffff888000010000 0x10000\nfill 819200 1\n"   \
	"load 0xffff888000200000 0x200000\nfill 1228800 5\n" \
	"load 0xffff888000400000 0x400000\nfill 819200 2\n"

/* Wherever it is: notes, bitmaps, early pages, other pages. */
static void ends_early_as_a_dump_of_what_is_there(void)
{
	unsigned int n_before = 0, n_pages = 0, n_cuts = 0;
	char name[16];

	session_close(&session);
	CHECK_INT(session_open(&session, vmcore_file(LARGER_MACHINE)), 0);
	do {
		n_before = n_pages;
		n_until_enough = ++n_cuts;
		snprintf(name, sizeof(name), "cut-%u", n_cuts);
		CHECK_INT(write_machine(CODEC_NONE, 2, name), 0);
		n_pages = check_what_is_there();
		parts_have_the_digests_of_the_file();
		CHECK_INT(header.status,
			  figures.incomplete ? KDUMP_INCOMPLETE : 0);
		CHECK(n_pages >= n_before);
	} while (figures.incomplete && n_cuts < 100);
	n_until_enough = 0;
	CHECK(n_cuts > 8 && n_cuts < 100);
	CHECK_INT(n_pages, 300 + 200 + 200);
}

int main(void)
{
	int fd = scratch_make();

	log_take();
	if (session_open(&session, vmcore_file(MACHINE)) < 0)
		return 1;
	RUN(header_says_what_is_there);
	RUN(notes_are_as_they_were);
	RUN(every_page_is_there_with_every_codec);
	RUN(zero_pages_share_one);
	RUN(the_image_comes_early);
	RUN(threads_make_the_same_file);
	RUN(kept_bits_make_the_same_file);
	RUN(parts_have_the_digests_of_the_file);
	RUN(the_incomplete_header_differs_in_its_status_alone);
	RUN(ends_early_as_a_dump_of_what_is_there);
	log_taken();
	session_close(&session);
	free(result.parts);
	free(file);
	close(fd);
	return tap_done();
}
