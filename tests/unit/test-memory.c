// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/memory.o capture/vmcore.o capture/window.o
// objects: netstream/log.o netstream/io.o
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>
#include <fcntl.h>

#include "capture/memory.h"
#include "tests/tap.h"
#include "tests/unit/broken-vmcore.h"
#include "tests/unit/vmcore-file.h"

#define PAGE 4096

/* The kernel's text lies in the second load, which the third goes on with. */
#define MACHINE                                 \
	"note CORE 1\n"                         \
	"zero 336\n"                            \
	"load 0xffffffff81000000 0x102000\n"    \
	"fill 8192 1\n"                         \
	"load 0xffff888000001000 0x1000\n"      \
	"fill 8192 2\n"                         \
	"load 0xffff888000100000 0x100000\n"    \
	"fill 32768 3\n"                        \
	"load 0xffff888000108000 0x108000\n"    \
	"fill 4096 4\n"                         \
	"load 0xffff888100000000 0x100000000\n" \
	"fill 12288 5\n"

static struct vmcore core;

/* Without notes, and without a word about that. */
static void open_core(const char *description)
{
	log_take();
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	log_taken();
}

static void open_memory(struct memory *memory, const char *description,
			unsigned int page_shift)
{
	open_core(description);
	CHECK_INT(memory_init(memory, &core, page_shift), 0);
}

static void close_memory(struct memory *memory)
{
	memory_free(memory);
	vmcore_close(&core);
}

static void check_range(const struct memory *memory, size_t i, uint64_t pfn,
			uint64_t end, uint64_t off)
{
	CHECK(i < memory->n_ranges);
	if (i >= memory->n_ranges)
		return;
	CHECK_INT(memory->ranges[i].pfn, pfn);
	CHECK_INT(memory->ranges[i].end, end);
	CHECK_INT(memory->ranges[i].off, off);
}

static void has_each_frame_once(void)
{
	struct memory memory;

	open_memory(&memory, MACHINE, 12);
	CHECK_INT(memory.n_ranges, 3);
	check_range(&memory, 0, 0x1, 0x3, core.phdrs[2].p_offset);
	/* Two segments that follow each other in both memory and file. */
	check_range(&memory, 1, 0x100, 0x109, core.phdrs[3].p_offset);
	check_range(&memory, 2, 0x100000, 0x100003, core.phdrs[5].p_offset);
	CHECK_INT(memory.n_pages, 2 + 9 + 3);
	CHECK_INT(memory.max_pfn, 0x100003);
	close_memory(&memory);
}

/* Ends of segments in the middle of pages; a part of a page by itself. */
#define PARTS               \
	"load 0x0 0x1400\n" \
	"fill 0x800 1\n"    \
	"load 0x0 0x1c00\n" \
	"fill 0x2600 2\n"   \
	"load 0x0 0x4200\n" \
	"fill 0x400 3\n"    \
	"load 0x0 0x4800\n" \
	"fill 0x800 4\n"    \
	"load 0x0 0x9800\n" \
	"fill 0x400 5\n"    \
	"load 0x0 0xc400\n" \
	"fill 0xc00 6\n"

static void counts_a_frame_by_its_last_byte(void)
{
	struct memory memory;
	uint8_t bits[2];

	open_memory(&memory, PARTS, 12);
	CHECK_INT(memory.n_ranges, 4);
	check_range(&memory, 0, 0x1, 0x2, MEMORY_PIECES);
	check_range(&memory, 1, 0x2, 0x4, core.phdrs[1].p_offset + 0x400);
	check_range(&memory, 2, 0x4, 0x5, MEMORY_PIECES);
	check_range(&memory, 3, 0xc, 0xd, MEMORY_PIECES);
	CHECK_INT(memory.n_pages, 5);
	memory_bits(&memory, 0, 16, bits);
	CHECK_MEM(bits, "\x1e\x10", 2);
	close_memory(&memory);
}

static void puts_the_parts_of_a_page_together(void)
{
	struct memory_reader reader;
	unsigned char want[PAGE];
	struct memory memory;
	const void *page;

	open_memory(&memory, PARTS, 12);
	CHECK_INT(memory_reader_init(&reader, &memory), 0);
	memset(want, 0, PAGE);
	vmcore_read(&core, core.phdrs[0].p_offset, want + 0x400, 0x800);
	vmcore_read(&core, core.phdrs[1].p_offset, want + 0xc00, 0x400);
	CHECK_INT(memory_page(&reader, 1, 1, &page), 0);
	CHECK_MEM(page, want, PAGE);
	memset(want, 0, PAGE);
	vmcore_read(&core, core.phdrs[1].p_offset + 0x2400, want, 0x200);
	vmcore_read(&core, core.phdrs[2].p_offset, want + 0x200, 0x400);
	vmcore_read(&core, core.phdrs[3].p_offset, want + 0x800, 0x800);
	CHECK_INT(memory_page(&reader, 4, 1, &page), 0);
	CHECK_MEM(page, want, PAGE);
	CHECK_INT(memory_page(&reader, 9, 1, &page), -EFAULT);
	memory_reader_close(&reader);
	close_memory(&memory);
}

static void prefers_a_page_in_one_piece(void)
{
	struct memory memory;

	open_memory(&memory,
		    "load 0 0x1800\nfill 0x1800 1\n"
		    "load 0 0x1000\nfill 0x1000 2\n",
		    12);
	CHECK_INT(memory.n_ranges, 2);
	check_range(&memory, 0, 1, 2, core.phdrs[1].p_offset);
	check_range(&memory, 1, 2, 3, core.phdrs[0].p_offset + 0x800);
	close_memory(&memory);
}

static void takes_from_the_second_what_the_first_lacks(void)
{
	struct memory memory;

	open_memory(&memory,
		    "load 0 0x3000\nfill 0x3000 1\n"
		    "load 0 0x1000\nfill 0x3000 2\n"
		    "load 0 0x2000\nfill 0x3000 2\n",
		    12);
	CHECK_INT(memory.n_ranges, 3);
	check_range(&memory, 0, 1, 4, core.phdrs[1].p_offset);
	check_range(&memory, 1, 4, 5, core.phdrs[2].p_offset + 0x2000);
	check_range(&memory, 2, 5, 6, core.phdrs[0].p_offset + 0x2000);
	CHECK_INT(memory.n_pages, 5);
	close_memory(&memory);
}

static void knows_pages_of_64_kib(void)
{
	struct memory memory;

	open_memory(&memory,
		    "ehdr machine 183\nload 0 0x48000\nfill 0x28000 1\n", 16);
	CHECK_INT(memory.n_ranges, 2);
	check_range(&memory, 0, 4, 5, MEMORY_PIECES);
	check_range(&memory, 1, 5, 7, core.phdrs[0].p_offset + 0x8000);
	CHECK_INT(memory.max_pfn, 7);
	close_memory(&memory);
}

static void has_no_frames_in_a_few_bytes(void)
{
	struct memory memory;
	uint8_t bits[1] = { 0xff };

	open_memory(&memory, "load 0 0x1000\nfill 4095 1\n", 12);
	CHECK_INT(memory.n_pages, 0);
	CHECK_INT(memory.max_pfn, 0);
	CHECK(!memory_find(&memory, 0));
	memory_bits(&memory, 0, 8, bits);
	CHECK_INT(bits[0], 0);
	close_memory(&memory);
}

static void rejects_what_is_beyond_the_address_bits(void)
{
	struct memory memory;

	open_core("load 0 0xffffffffff000\n"
		  "zero 4096\n");
	CHECK_INT(memory_init(&memory, &core, 12), 0);
	CHECK_INT(memory.max_pfn, 1ULL << 40);
	close_memory(&memory);
	open_core("load 0 0xffffffffff000\n"
		  "zero 4097\n");
	log_take();
	CHECK_INT(memory_init(&memory, &core, 12), -EBADMSG);
	CHECK(strstr(log_taken(), "more than 52 bits"));
	close_memory(&memory);
	open_core("load 0 0xffffffffffffffff\n"
		  "zero 1\n");
	log_take();
	CHECK_INT(memory_init(&memory, &core, 12), -EBADMSG);
	log_taken();
	close_memory(&memory);
}

static void finds_the_range_of_a_frame(void)
{
	struct memory memory;

	open_memory(&memory, MACHINE, 12);
	CHECK(memory_find(&memory, 0) == &memory.ranges[0]);
	CHECK(memory_find(&memory, 2) == &memory.ranges[0]);
	CHECK(memory_find(&memory, 3) == &memory.ranges[1]);
	CHECK(memory_find(&memory, 0x108) == &memory.ranges[1]);
	CHECK(memory_find(&memory, 0x109) == &memory.ranges[2]);
	CHECK(memory_find(&memory, 0x100002) == &memory.ranges[2]);
	CHECK(!memory_find(&memory, 0x100003));
	CHECK(!memory_find(&memory, UINT64_MAX));
	close_memory(&memory);
}

/* Every range of bits against one bit at a time. */
static void sets_the_bits_of_frames(void)
{
	struct memory_range range[2] = { [1] = { .pfn = 500, .end = 600 } };
	struct memory memory = { .ranges = range, .n_ranges = 2 };
	uint8_t bits[8], want[8];

	for (unsigned int first = 0; first < 20; first++) {
		for (unsigned int end = first + 1; end < 60; end++) {
			memset(want, 0, sizeof(want));
			for (unsigned int i = first; i < end; i++)
				want[i / 8] |= 1U << i % 8;
			range[0].pfn = first;
			range[0].end = end;
			memset(bits, 0xff, sizeof(bits));
			memory_bits(&memory, 0, 64, bits);
			CHECK_MEM(bits, want, 8);
			memset(bits, 0xff, sizeof(bits));
			memory_bits(&memory, 8, 16, bits);
			CHECK_MEM(bits, want + 1, 2);
			CHECK_INT(bits[2], 0xff);
		}
	}
	memory_bits(&memory, 496, 8, bits);
	CHECK_INT(bits[0], 0xf0);
	memory_bits(&memory, 600, 8, bits);
	memory_bits(&memory, 488, 8, bits + 1);
	CHECK_MEM(bits, "\0\0", 2);
}

static void reads_by_physical_address(void)
{
	unsigned char buf[10000], want[10000];
	struct memory memory;

	open_memory(&memory, MACHINE, 12);
	CHECK_INT(memory_read(&memory, 0x107fff, buf, 4097), 0);
	vmcore_read(&core, core.phdrs[3].p_offset + 0x7fff, want, 4097);
	CHECK_MEM(buf, want, 4097);
	CHECK_INT(memory_read(&memory, 0x107fff, buf, 4098), -EFAULT);
	CHECK_INT(memory_read(&memory, 0xfff, buf, 1), -EFAULT);
	CHECK_INT(memory_read(&memory, 0xfff, buf, 2), -EFAULT);
	CHECK_INT(memory_read(&memory, UINT64_MAX, buf, 2), -EFAULT);
	CHECK_INT(memory_read(&memory, 0x100001000, buf, 8192), 0);
	vmcore_read(&core, core.phdrs[5].p_offset + 0x1000, want, 8192);
	CHECK_MEM(buf, want, 8192);
	close_memory(&memory);
	/* Through pages in pieces and in one. */
	open_memory(&memory, PARTS, 12);
	CHECK_INT(memory_read(&memory, 0x1ffe, buf, 0x2004), 0);
	vmcore_read(&core, core.phdrs[1].p_offset + 0x3fe, want, 0x2004);
	CHECK_MEM(buf, want, 0x2004);
	CHECK_INT(memory_read(&memory, 0x45fe, buf, 4), 0);
	CHECK(buf[2] == 0 && buf[3] == 0);
	close_memory(&memory);
}

/* More than two windows, in memory that is not in the file's order. */
#define LARGE                 \
	"load 0 0x40000000\n" \
	"fill 0x280000 6\n"   \
	"load 0 0x1000000\n"  \
	"fill 0x100000 7\n"

/* All pages of a memory, as its reader gives them with so many ahead. */
static void check_pages(const struct memory *memory, size_t ahead)
{
	struct memory_reader reader;
	unsigned char want[PAGE];
	const void *page;

	CHECK_INT(memory_reader_init(&reader, memory), 0);
	for (size_t i = 0; i < memory->n_ranges; i++) {
		const struct memory_range *range = &memory->ranges[i];

		for (uint64_t pfn = range->pfn; pfn < range->end; pfn++) {
			CHECK_INT(memory_page(&reader, pfn, ahead, &page), 0);
			vmcore_read(memory->core,
				    range->off + (pfn - range->pfn) * PAGE,
				    want, PAGE);
			CHECK_MEM(page, want, PAGE);
		}
	}
	memory_reader_close(&reader);
}

static void gives_the_pages(void)
{
	struct memory_reader reader;
	struct memory memory;
	const void *page;

	open_memory(&memory, LARGE, 12);
	CHECK_INT(memory.n_pages, 0x380);
	check_pages(&memory, 1);
	check_pages(&memory, 100);
	CHECK_INT(memory_reader_init(&reader, &memory), 0);
	CHECK_INT(memory_page(&reader, 0xfff, 1, &page), -EFAULT);
	CHECK_INT(memory_page(&reader, 0x10ff, 1, &page), 0);
	CHECK_INT(memory_page(&reader, 0x1100, 1, &page), -EFAULT);
	CHECK_INT(memory_page(&reader, UINT64_MAX, 1, &page), -EFAULT);
	memory_reader_close(&reader);
	close_memory(&memory);
}

/* Two windows have a part of the page each. */
static void gives_pages_that_lie_across_windows(void)
{
	struct memory memory;

	open_core(LARGE);
	core.phdrs[0].p_offset += 0x123;
	core.phdrs[0].p_filesz -= 0x1000;
	CHECK_INT(memory_init(&memory, &core, 12), 0);
	check_pages(&memory, 3);
	close_memory(&memory);
}

/* No window where a page is bad: the others around it are read. */
static void skips_a_page_that_cannot_be_read(void)
{
	struct broken_vmcore broken;
	struct memory_reader reader;
	struct memory memory;
	unsigned char buf[16];
	const void *page;
	const char *log;

	log_take();
	broken_vmcore_open(&broken, LARGE);
	broken_vmcore_break(&broken, PAGE + 9 * PAGE);
	CHECK_INT(memory_init(&memory, &broken.core, 12), 0);
	CHECK_INT(memory_reader_init(&reader, &memory), 0);
	log_taken();
	log_take();
	for (int i = 0; i < 32; i++) {
		CHECK_INT(memory_page(&reader, 0x40000 + i, 32 - i, &page),
			  i == 9 ? -EIO : 0);
		if (i != 9)
			CHECK_MEM(page, broken.start + PAGE + i * PAGE, PAGE);
	}
	CHECK_INT(memory_read(&memory, 0x40009ff8, buf, 8), -EIO);
	CHECK_INT(memory_read(&memory, 0x4000a000, buf, 8), 0);
	log = log_taken();
	CHECK_STR(log, "");
	/* Pages behind it come from one bounce, not from one read each. */
	CHECK(reader.window.n_bounced <= 2 * VMCORE_BOUNCE_LEN);
	memory_reader_close(&reader);
	memory_free(&memory);
	broken_vmcore_close(&broken);
}

int main(void)
{
	RUN(has_each_frame_once);
	RUN(counts_a_frame_by_its_last_byte);
	RUN(puts_the_parts_of_a_page_together);
	RUN(prefers_a_page_in_one_piece);
	RUN(takes_from_the_second_what_the_first_lacks);
	RUN(knows_pages_of_64_kib);
	RUN(has_no_frames_in_a_few_bytes);
	RUN(rejects_what_is_beyond_the_address_bits);
	RUN(finds_the_range_of_a_frame);
	RUN(sets_the_bits_of_frames);
	RUN(reads_by_physical_address);
	RUN(gives_the_pages);
	RUN(gives_pages_that_lie_across_windows);
	RUN(skips_a_page_that_cannot_be_read);
	return tap_done();
}
