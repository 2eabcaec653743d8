// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include "capture/cpus.h"
#include "capture/early.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

/*
 * A stack pointer is in the last page of all addresses.
 * The image is 0x104-0x105, its page tables are 0x105 (a table of 4 levels
 * that leads nowhere else), and the log is not known.
 */
#define MACHINE                                                         \
	"note CORE 1\nzero 264\nu64 0xfffffffffffff800\nzero 64\n"      \
	"note CORE 1\nzero 264\nu64 0xffff888000101010\nzero 64\n"      \
	"note CORE 1\nzero 8\n"                                         \
	"note VMCOREINFO 0\nline OSRELEASE=6.1.0\nline PAGESIZE=4096\n" \
	"line NUMBER(phys_base)=1064960\n"                              \
	"line NUMBER(pgtable_l5_enabled)=0\n"                           \
	"line NUMBER(sme_mask)=0\n"                                     \
	"line SYMBOL(_stext)=ffffffff81000000\n"                        \
	"line SYMBOL(init_top_pgt)=ffffffff80001000\n"                  \
	"load 0xffffffff81000000 0x104000\nfill 4096 3\nzero 4096\n"    \
	"load 0xffff888000100000 0x100000\nfill 16384 2\n"              \
	"fill 4096 3\nzero 4096\nfill 16384 4\n"

static struct vmcore core;
static struct vmcoreinfo info;
static struct memory memory;

static void finds_the_image_and_the_tables(void)
{
	struct early early;

	early_find(&early, &memory, &info);
	CHECK_INT(early.n, 2);
	if (early.n == 2) {
		CHECK_INT(early.pages[0].pfn, 0x104);
		CHECK_INT(early.pages[1].pfn, 0x105);
		CHECK(early.pages[0].rank == EARLY_LEFT_OUT);
	}
	early_free(&early);
}

static void knows_nothing_without_vmcoreinfo(void)
{
	struct vmcoreinfo none = { 0 };
	struct early early;

	early_find(&early, &memory, &none);
	CHECK_INT(early.n, 0);
	early_free(&early);
}

/* Bit 2 of the first window and bits 0 and 9 of the second are early. */
static void ranks_count_over_windows(void)
{
	struct early_page pages[] = {
		{ .pfn = 2, .rank = EARLY_LEFT_OUT },
		{ .pfn = 5, .rank = EARLY_LEFT_OUT },
		{ .pfn = 16, .rank = EARLY_LEFT_OUT },
		{ .pfn = 25, .rank = EARLY_LEFT_OUT },
		{ .pfn = 99, .rank = EARLY_LEFT_OUT },
	};
	struct early early = { .pages = pages, .n = 5 };
	const uint8_t first[2] = { 0x06, 0x80 }; /* 1, 2, 15 */
	const uint8_t second[2] = { 0x81, 0x02 }; /* 16, 23, 25 */
	size_t next = 0;

	early_ranks(&early, &next, 0, first, 16, 0);
	early_ranks(&early, &next, 16, second, 16, 3);
	CHECK_INT(pages[0].rank, 1);
	CHECK(pages[1].rank == EARLY_LEFT_OUT); /* not in the dump */
	CHECK_INT(pages[2].rank, 3);
	CHECK_INT(pages[3].rank, 5);
	CHECK(pages[4].rank == EARLY_LEFT_OUT);
}

static uint64_t stacks[4];
static unsigned int n_stacks;

static void keep_stack(void *arg, uint64_t sp)
{
	(void)arg;
	if (n_stacks < 4)
		stacks[n_stacks++] = sp;
}

/* The third note is too short for registers. */
static void stacks_are_in_the_notes(void)
{
	CHECK_INT(cpus_walk(&core, keep_stack, NULL), 3);
	CHECK_INT(n_stacks, 2);
	CHECK(stacks[0] == 0xfffffffffffff800);
	CHECK(stacks[1] == 0xffff888000101010);
}

int main(void)
{
	log_take();
	if (vmcore_open(&core, vmcore_file(MACHINE)) < 0 ||
	    vmcoreinfo_load(&info, &core) < 0 ||
	    memory_init(&memory, &core, 12) < 0)
		return 1;
	RUN(finds_the_image_and_the_tables);
	RUN(knows_nothing_without_vmcoreinfo);
	RUN(ranks_count_over_windows);
	RUN(stacks_are_in_the_notes);
	log_taken();
	memory_free(&memory);
	vmcoreinfo_free(&info);
	vmcore_close(&core);
	return tap_done();
}
