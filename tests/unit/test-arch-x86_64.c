// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>

#include "capture/arch.h"
#include "tests/tap.h"
#include "tests/unit/x86-image.h"

#define LEN 0x40000
/* init_top_pgt is at 0x1000, linked at IMAGE_TEXT + 0x1000. */
#define INFO                                      \
	"NUMBER(phys_base)=-16777216\n"           \
	"SYMBOL(init_top_pgt)=ffffffff81001000\n" \
	"NUMBER(sme_mask)=0\n"

struct machine {
	struct vmcore core;
	struct vmcoreinfo info;
	struct memory memory;
	struct arch arch;
};

/* What arch_init() says. */
static int machine_open(struct machine *machine, const struct image *image,
			const char *info)
{
	CHECK_INT(vmcore_open(&machine->core, image_vmcore(image, info)), 0);
	CHECK_INT(vmcoreinfo_load(&machine->info, &machine->core), 0);
	CHECK_INT(memory_init(&machine->memory, &machine->core, 12), 0);
	return arch_init(&machine->arch, &machine->memory, &machine->info);
}

static void machine_close(struct machine *machine)
{
	memory_free(&machine->memory);
	vmcoreinfo_free(&machine->info);
	vmcore_close(&machine->core);
}

static void check_at(struct machine *machine, uint64_t virt, uint64_t phys,
		     uint64_t len)
{
	uint64_t got = IMAGE_NOT_MAPPED, got_len = 0;
	int ret = arch_translate(&machine->arch, virt, &got, &got_len);

	CHECK_INT(ret, phys == IMAGE_NOT_MAPPED ? -EFAULT : 0);
	CHECK_INT(got, phys);
	CHECK_INT(got_len, len);
}

static void map_all_sizes(struct image *image)
{
	image_map(image, IMAGE_TEXT, 0, 1);
	image_map(image, IMAGE_DIRECT, 0, 2);
	image_map(image, IMAGE_DIRECT + (1 << 30), 0x80000000, 2);
	image_map(image, 0xffffea0000000000, 0x5000, 0);
	image_map(image, 0xffffea0000002000, 0x7000, 0);
	image_map(image, 0xffffea0000200000, 0x12345600000, 1);
}

static void check_all_sizes(struct machine *machine)
{
	check_at(machine, IMAGE_TEXT + 0x1234, 0x1234, 0x200000 - 0x1234);
	check_at(machine, IMAGE_DIRECT + 0x12345678, 0x12345678,
		 0x40000000 - 0x12345678);
	check_at(machine, IMAGE_DIRECT + 0x40000001, 0x80000001, 0x3fffffff);
	check_at(machine, 0xffffea0000000fff, 0x5fff, 1);
	check_at(machine, 0xffffea0000002008, 0x7008, 0xff8);
	check_at(machine, 0xffffea00003ffff8, 0x123457ffff8, 8);
	check_at(machine, 0xffffea0000001000, IMAGE_NOT_MAPPED, 0);
	check_at(machine, 0xffffea0000400000, IMAGE_NOT_MAPPED, 0);
	check_at(machine, IMAGE_DIRECT + (2ULL << 30), IMAGE_NOT_MAPPED, 0);
	check_at(machine, 0xffffc90000000000, IMAGE_NOT_MAPPED, 0);
	/* In the other half, and none of either. */
	check_at(machine, 0, IMAGE_NOT_MAPPED, 0);
	check_at(machine, IMAGE_DIRECT & ~(1ULL << 63), IMAGE_NOT_MAPPED, 0);
	check_at(machine, 0x00007fffffffffff, IMAGE_NOT_MAPPED, 0);
	/* Back to what was there before. */
	check_at(machine, IMAGE_TEXT, 0, 0x200000);
}

static void walks_4_levels(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	map_all_sizes(&image);
	CHECK_INT(machine_open(&machine, &image,
			       INFO "NUMBER(pgtable_l5_enabled)=0\n"),
		  0);
	CHECK_INT(machine.arch.x86_64.levels, 4);
	CHECK_INT(machine.arch.x86_64.pgd, 0x1000);
	check_all_sizes(&machine);
	check_at(&machine, 0xff00000000000000, IMAGE_NOT_MAPPED, 0);
	machine_close(&machine);
	image_free(&image);
}

static void walks_5_levels(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 5);
	map_all_sizes(&image);
	image_map(&image, 0xff11000000000000, 0x3000, 0);
	image_map(&image, 0xffdeadbeef000000, 0x9000, 0);
	CHECK_INT(machine_open(&machine, &image,
			       INFO "NUMBER(pgtable_l5_enabled)=1\n"),
		  0);
	check_all_sizes(&machine);
	check_at(&machine, 0xff11000000000010, 0x3010, 0xff0);
	check_at(&machine, 0xffdeadbeef000000, 0x9000, 0x1000);
	check_at(&machine, 0xfe11000000000010, IMAGE_NOT_MAPPED, 0);
	machine_close(&machine);
	image_free(&image);
}

static void takes_encryption_out_of_entries(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	image.mask = 1ULL << 47;
	map_all_sizes(&image);
	CHECK_INT(machine_open(&machine, &image,
			       "NUMBER(phys_base)=-16777216\n"
			       "SYMBOL(swapper_pg_dir)=ffffffff81001000\n"
			       "NUMBER(sme_mask)=140737488355328\n"),
		  0);
	check_all_sizes(&machine);
	machine_close(&machine);
	image_free(&image);
}

/* PAT is bit 12 of a large entry. */
static void takes_no_flag_for_an_address(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	image_map(&image, IMAGE_TEXT, 0, 1);
	*image_entry(&image, IMAGE_TEXT, 1) |= 0x7ff0000000001e7e;
	CHECK_INT(machine_open(&machine, &image, INFO), 0);
	check_at(&machine, IMAGE_TEXT, 0, 0x200000);
	machine_close(&machine);
	image_free(&image);
}

static void gives_up_where_a_table_is_not_there(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	map_all_sizes(&image);
	*image_entry(&image, 0xffffea0000000000, 1) = LEN | 0x63;
	*image_entry(&image, IMAGE_TEXT, 2) = 0xffffffffff063;
	/* Bit 7 says nothing at this level. */
	*image_entry(&image, IMAGE_DIRECT, 3) |= 0x80;
	CHECK_INT(machine_open(&machine, &image, INFO), 0);
	check_at(&machine, 0xffffea0000000000, IMAGE_NOT_MAPPED, 0);
	check_at(&machine, 0xffffea0000200000, 0x12345600000, 0x200000);
	check_at(&machine, IMAGE_TEXT, IMAGE_NOT_MAPPED, 0);
	check_at(&machine, IMAGE_DIRECT, 0, 0x40000000);
	machine_close(&machine);
	image_free(&image);
}

static void misses(const char *info, int err, const char *key)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	CHECK_INT(machine_open(&machine, &image, info), err);
	CHECK_STR(machine.arch.missing, key);
	machine_close(&machine);
	image_free(&image);
}

static void says_which_key_is_missing(void)
{
	misses("SYMBOL(init_top_pgt)=ffffffff81001000\n", -ENODATA,
	       "NUMBER(phys_base)");
	misses("NUMBER(phys_base)=x\n", -EBADMSG, "NUMBER(phys_base)");
	misses("NUMBER(phys_base)=0\n", -ENODATA, "SYMBOL(swapper_pg_dir)");
}

static void walks_wherever_the_top_table_is_said_to_be(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	CHECK_INT(machine_open(&machine, &image,
			       "NUMBER(phys_base)=77\n"
			       "SYMBOL(init_top_pgt)=123\n"),
		  0);
	check_at(&machine, IMAGE_TEXT, IMAGE_NOT_MAPPED, 0);
	machine_close(&machine);
	image_free(&image);
}

static void knows_no_other_machine(void)
{
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	CHECK_INT(machine_open(&machine, &image, INFO), 0);
	machine.core.machine = EM_386;
	CHECK_INT(arch_init(&machine.arch, &machine.memory, &machine.info),
		  -ENOTSUP);
	machine.core.machine = EM_X86_64;
	machine.memory.page_shift = 14;
	CHECK_INT(arch_init(&machine.arch, &machine.memory, &machine.info),
		  -ENOTSUP);
	machine_close(&machine);
	image_free(&image);
}

/* Those of the image's pages that are tables: bit N is page N. */
struct seen {
	uint64_t pages;
	unsigned int n, max;
};

static bool see(void *arg, uint64_t pfn)
{
	struct seen *seen = arg;

	CHECK(pfn < 64);
	seen->pages |= 1ULL << pfn % 64;
	return ++seen->n < seen->max;
}

static void finds_the_tables(void)
{
	struct seen seen = { .max = 1000 };
	struct machine machine;
	struct image image;

	for (unsigned int levels = 4; levels <= 5; levels++) {
		image_init(&image, LEN, levels);
		map_all_sizes(&image);
		CHECK_INT(machine_open(&machine, &image, INFO), 0);
		machine.arch.x86_64.levels = levels;
		seen = (struct seen){ .max = 1000 };
		arch_walk_tables(&machine.arch, see, &seen);
		/* All that were allocated, from page 1 on. */
		CHECK_INT(seen.pages, (1ULL << image.next / 4096) - 2);
		CHECK_INT(seen.n, image.next / 4096 - 1);
		seen = (struct seen){ .max = 2 };
		arch_walk_tables(&machine.arch, see, &seen);
		CHECK_INT(seen.n, 2);
		machine_close(&machine);
		image_free(&image);
	}
}

static void looks_at_the_kernels_half_and_once_at_a_table(void)
{
	struct seen seen = { .max = 1000 };
	struct machine machine;
	struct image image;

	image_init(&image, LEN, 4);
	image_map(&image, 0x400000, 0, 0);
	for (unsigned int i = 256; i < 512; i++)
		*image_u64(&image, image.pgd + i * 8ULL) = 0x9063;
	CHECK_INT(machine_open(&machine, &image, INFO), 0);
	arch_walk_tables(&machine.arch, see, &seen);
	CHECK_INT(seen.pages, 1 << 1 | 1 << 9);
	CHECK_INT(seen.n, 2);
	machine_close(&machine);
	image_free(&image);
}

/* Tables that lead to themselves in all of their entries but one. */
static void ends_its_walk_through_loops(void)
{
	struct seen seen = { .max = UINT32_MAX };
	struct machine machine;
	struct image image;
	uint64_t entry;

	image_init(&image, LEN, 5);
	for (unsigned int i = 256; i < 512; i++)
		*image_u64(&image, image.pgd + i * 8ULL) =
			image.pgd | 0x63 | (uint64_t)(i % 2) << 9;
	/* Outside the vmcore. */
	entry = 0x12345678063;
	*image_u64(&image, image.pgd + 300 * 8ULL) = entry;
	CHECK_INT(machine_open(&machine, &image, INFO), 0);
	machine.arch.x86_64.levels = 5;
	arch_walk_tables(&machine.arch, see, &seen);
	CHECK_INT(seen.pages, 2);
	CHECK(seen.n > 256 && seen.n < 2000000000);
	machine_close(&machine);
	image_free(&image);
}

int main(void)
{
	RUN(walks_4_levels);
	RUN(walks_5_levels);
	RUN(takes_encryption_out_of_entries);
	RUN(takes_no_flag_for_an_address);
	RUN(gives_up_where_a_table_is_not_there);
	RUN(says_which_key_is_missing);
	RUN(walks_wherever_the_top_table_is_said_to_be);
	RUN(knows_no_other_machine);
	RUN(finds_the_tables);
	RUN(looks_at_the_kernels_half_and_once_at_a_table);
	RUN(ends_its_walk_through_loops);
	return tap_done();
}
