// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/arch.o capture/arch-arm64.o capture/arch-x86_64.o
// objects: capture/memory.o capture/vmcore.o capture/window.o
// objects: capture/vmcoreinfo.o capture/note.o
// objects: netstream/io.o netstream/log.o
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * Page tables of each granule, number of levels and format, and vmcoreinfo as
 * kernels write it.  A fixture says how its kernel is built; other builds are
 * what it is with some keys replaced.
 */

#include <errno.h>

#include "tests/unit/arm64-guest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DATA "tests/data/vmcoreinfo-arm64-"

#define BITS(va, t1sz) "NUMBER(VA_BITS)=" va "\nNUMBER(TCR_EL1_T1SZ)=" t1sz "\n"
/* Where the CPU has less, the kernel moves its memory up in the linear map. */
#define PHYS_OFFSET(at) "NUMBER(PHYS_OFFSET)=" at "\n"

static const struct build builds[] = {
	{ DATA "6.1.txt", "", 48, 12, 4, 2, 48, 0xffff000000000000,
	  0xfffffc0000000000 },
	{ DATA "6.1.txt", BITS("39", "25") PHYS_OFFSET("0x40000000"), 39, 12, 3,
	  2, 48, 0xffffff8000000000, 0xffffffc780000000 },
	{ DATA "6.12.txt", "", 52, 12, 5, 3, 52, 0xfff0000000000000,
	  0xffffc1ffc0000000 },
	{ DATA "6.12.txt", BITS("52", "0x10") PHYS_OFFSET("0xfff1000040000000"),
	  52, 12, 4, 2, 48, 0xfff0000000000000, 0xffffc1ffc0000000 },
	{ DATA "6.12.txt", BITS("36", "0x1c"), 36, 14, 2, 1, 48,
	  0xfffffff000000000, 0xfffffffbc0000000 },
	{ DATA "6.12.txt", BITS("47", "0x11"), 47, 14, 3, 1, 48,
	  0xffff800000000000, 0xffffd1ffc0000000 },
	{ DATA "6.12.txt", BITS("48", "0x10"), 48, 14, 4, 1, 48,
	  0xffff000000000000, 0xffffc1ffc0000000 },
	{ DATA "6.12.txt", BITS("52", "0xc"), 52, 14, 4, 2, 52,
	  0xfff0000000000000, 0xffffd1ffc0000000 },
	{ DATA "6.12.txt", BITS("52", "0x11") PHYS_OFFSET("0xfff0800040000000"),
	  52, 14, 3, 1, 48, 0xfff0000000000000, 0xffffd1ffc0000000 },
	{ DATA "6.12.txt", BITS("42", "0x16"), 42, 16, 2, 1, 52,
	  0xfffffc0000000000, 0xfffffe1fc0000000 },
	{ DATA "6.12.txt", BITS("48", "0x10"), 48, 16, 3, 2, 52,
	  0xffff000000000000, 0xffffc1ffc0000000 },
	{ DATA "6.12.txt", BITS("52", "0xc"), 52, 16, 3, 2, 52,
	  0xfff0000000000000, 0xffffc1ffc0000000 },
	{ DATA "6.12.txt", BITS("52", "0x10") PHYS_OFFSET("0xfff1000040000000"),
	  52, 16, 3, 2, 52, 0xfff0000000000000, 0xffffc1ffc0000000 },
	/* Without TCR_EL1_T1SZ; the linear map is where the CPU has 48 bits. */
	{ DATA "5.4.txt", "", 52, 16, 3, 2, 52, 0xffff000000000000,
	  0xfffff00000000000 },
	{ DATA "5.4.txt", "NUMBER(VA_BITS)=48\n", 48, 12, 4, 2, 48,
	  0xffff000000000000, 0xffff800010000000 },
};

static int translate(uint64_t virt, uint64_t *phys, uint64_t *len)
{
	return arch_translate(&guest.arch, virt, phys, len);
}

static void expect(uint64_t virt, uint64_t want, uint64_t want_len)
{
	uint64_t phys = 0, len = 0;
	int bad = tap_bad;

	CHECK_INT(translate(virt, &phys, &len), 0);
	CHECK_INT(phys, want);
	CHECK_INT(len, want_len);
	if (tap_bad && !bad)
		printf("# %s %s: %#" PRIx64 "\n", guest.build->fixture,
		       guest.build->replaced, virt);
}

static void expect_nothing(uint64_t virt)
{
	uint64_t phys, len;

	CHECK_INT(translate(virt, &phys, &len), -EFAULT);
}

static void check_leaf(const struct build *build, unsigned int level)
{
	uint64_t size, phys, virt;

	guest_boot(build);
	size = 1ULL << shift_of(level);
	virt = build->virt & -size;
	/* All bits that an address of this alignment can have. */
	phys = (1ULL << build->pa_bits) - size;
	guest_map(virt, phys, level);
	guest_map(virt + size, 0, level);
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(guest.arch.arm64.levels, build->levels);
	expect(virt, phys, size);
	expect(virt + size / 2 + 8, phys + size / 2 + 8, size / 2 - 8);
	expect(virt + size - 1, phys + size - 1, 1);
	expect(virt + size, 0, size);
	/* With the tag of KASAN. */
	expect((virt + 8) & ~(0xbULL << 56), phys + 8, size - 8);
	expect_nothing(virt - 1);
	expect_nothing(virt + 2 * size);
	expect_nothing(virt & 0xffffffffffff);
	expect_nothing((-1ULL << guest.build->va_bits) - 1);
	guest_power_off();
}

static void finds_pages_and_blocks_of_every_granule(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++)
		for (unsigned int l = 0; l <= builds[i].max_block; l++)
			if (l < builds[i].levels)
				check_leaf(&builds[i], l);
}

/* Where the top table is in the linear map. */
static uint64_t linear_pgd(void)
{
	return guest.build->page_offset + guest.base[0] - guest.phys_offset;
}

/* The end of the linear map: PAGE_END of the kernel. */
static uint64_t linear_end(void)
{
	unsigned int va_bits = guest.build->va_bits;

	if (va_bits > 48)
		va_bits = guest.build->page_shift == 14 ? 47 : 48;
	return -1ULL << (va_bits - 1);
}

/* The top table shows up in the linear map; nothing else of it is mapped. */
static void knows_the_linear_map(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		uint64_t virt, len;

		guest_boot(&builds[i]);
		virt = linear_pgd();
		len = page_len();
		guest_map(virt, guest.base[0], 0);
		CHECK_INT(guest_crash(), 0);
		CHECK_INT(guest.arch.arm64.page_offset, builds[i].page_offset);
		expect(virt + 5 * len + 3, guest.base[0] + 5 * len + 3,
		       linear_end() - virt - 5 * len - 3);
		/* What is above is looked up. */
		expect(linear_end() - 1,
		       linear_end() - 1 - virt + guest.base[0], 1);
		expect_nothing(linear_end());
		/* Another page there: no linear map, and only this page. */
		guest_reboot();
		guest_map(virt, guest.base[0] + len, 0);
		CHECK_INT(guest_crash(), 0);
		expect(virt, guest.base[0] + len, len);
		expect_nothing(virt + len);
		guest_power_off();
	}
}

static void knows_older_linear_maps(void)
{
	/* With the CPU that the kernel was built for. */
	static const struct build on_52 = {
		.fixture = DATA "5.4.txt",
		.replaced = "",
		.va_bits = 52,
		.page_shift = 16,
		.levels = 3,
		.pa_bits = 52,
		.page_offset = 0xfff0000000000000,
	};
	static const struct build before_5_4 = {
		.fixture = DATA "5.4.txt",
		.replaced = "NUMBER(VA_BITS)=48\n",
		.va_bits = 48,
		.page_shift = 12,
		.levels = 4,
		.pa_bits = 48,
		.page_offset = 0xffff800000000000,
	};

	guest_boot(&on_52);
	guest_map(linear_pgd(), guest.base[0], 0);
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(guest.arch.arm64.page_offset, on_52.page_offset);
	guest_power_off();
	/* Up to the last address there is. */
	guest_boot(&before_5_4);
	guest_map(linear_pgd(), guest.base[0], 0);
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(guest.arch.arm64.page_offset, before_5_4.page_offset);
	expect(-1ULL, guest.phys_offset + 0x7fffffffffff, 1);
	guest_power_off();
}

/* KASLR puts the memory somewhere in the linear map, by a PHYS_OFFSET. */
static void has_no_memory_outside_of_52_bits(void)
{
	static const struct build high = {
		.fixture = DATA "6.12.txt",
		.replaced = PHYS_OFFSET("0xffff000000000"),
		.va_bits = 52,
		.page_shift = 12,
		.levels = 5,
		.pa_bits = 52,
		.page_offset = 0xfff0000000000000,
	};

	guest_boot(&builds[0]);
	guest_map(linear_pgd(), guest.base[0], 0);
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(guest.phys_offset >> 63, 1);
	expect_nothing(builds[0].page_offset);
	expect_nothing(builds[0].page_offset - guest.phys_offset - 1);
	expect(builds[0].page_offset - guest.phys_offset, 0,
	       linear_end() - builds[0].page_offset + guest.phys_offset);
	guest_power_off();

	guest_boot(&high);
	CHECK_INT(guest_crash(), 0);
	guest.arch.arm64.page_offset = high.page_offset;
	guest.arch.arm64.linear_len = 1ULL << 51;
	expect(high.page_offset, 0xffff000000000, 1ULL << 36);
	expect_nothing(high.page_offset + (1ULL << 36));
	guest_power_off();
}

/* The kernel's image is mapped as well, but it is not the linear map. */
static void knows_what_is_not_the_linear_map(void)
{
	const struct build *build = &builds[0];
	char line[64];
	uint64_t virt = 0;

	guest_boot(build);
	vmcoreinfo_symbol(&guest.info, "swapper_pg_dir", &virt);
	snprintf(line, sizeof(line), "NUMBER(PHYS_OFFSET)=%#" PRIx64 "\n",
		 build->page_offset + guest.base[0] - virt);
	free(guest.text);
	guest_info(line);
	guest_map(virt, guest.base[0], 0);
	CHECK_INT(guest_crash(), 0);
	expect(virt, guest.base[0], page_len());
	CHECK_INT(guest.arch.arm64.linear_len, 0);
	guest_power_off();
}

static void names_what_is_missing(void)
{
	static const char *const keys[] = {
		"NUMBER(VA_BITS)",
		"NUMBER(kimage_voffset)",
		"NUMBER(PHYS_OFFSET)",
		"SYMBOL(swapper_pg_dir)",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		guest_boot(&builds[0]);
		guest_forget(keys[i]);
		CHECK_INT(guest_crash(), -ENODATA);
		CHECK_STR(guest.arch.missing, keys[i]);
		guest_power_off();
	}
	/* This one came late. */
	guest_boot(&builds[0]);
	guest_forget("NUMBER(TCR_EL1_T1SZ)");
	CHECK_INT(guest_crash(), 0);
	CHECK_STR(guest.arch.missing, "");
	CHECK_INT(guest.arch.arm64.levels, 4);
	guest_power_off();
}

static void refuses_what_makes_no_sense(void)
{
	static const struct {
		const char *line, *key;
	} lines[] = {
		{ "NUMBER(VA_BITS)=53\n", "NUMBER(VA_BITS)" },
		{ "NUMBER(VA_BITS)=35\n", "NUMBER(VA_BITS)" },
		{ "NUMBER(VA_BITS)=-1\n", "NUMBER(VA_BITS)" },
		{ "NUMBER(VA_BITS)=many\n", "NUMBER(VA_BITS)" },
		{ "NUMBER(TCR_EL1_T1SZ)=15\n", "NUMBER(TCR_EL1_T1SZ)" },
		{ "NUMBER(TCR_EL1_T1SZ)=29\n", "NUMBER(TCR_EL1_T1SZ)" },
		{ "NUMBER(TCR_EL1_T1SZ)=64\n", "NUMBER(TCR_EL1_T1SZ)" },
		{ "NUMBER(TCR_EL1_T1SZ)=-9223372036854775808\n",
		  "NUMBER(TCR_EL1_T1SZ)" },
		{ "NUMBER(TCR_EL1_T1SZ)=?\n", "NUMBER(TCR_EL1_T1SZ)" },
		{ "NUMBER(kimage_voffset)=\n", "NUMBER(kimage_voffset)" },
		{ "NUMBER(PHYS_OFFSET)=0y\n", "NUMBER(PHYS_OFFSET)" },
		{ "SYMBOL(swapper_pg_dir)=-1\n", "SYMBOL(swapper_pg_dir)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		guest_boot(&builds[0]);
		free(guest.text);
		guest_info(lines[i].line);
		CHECK_INT(guest_crash(), -EBADMSG);
		CHECK_STR(guest.arch.missing, lines[i].key);
		guest_power_off();
	}
}

/* Every bit pattern that no entry may have is no translation. */
static void takes_no_damaged_entry(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		const struct build *build = &builds[i];
		uint64_t virt = build->virt & -page_len();
		uint64_t *entry;

		for (unsigned int l = 0; l < build->levels; l++) {
			guest_boot(build);
			guest_map(virt, 0, 0);
			entry = entry_for(virt, l);
			*entry &= ~1ULL; /* not valid */
			CHECK_INT(guest_crash(), 0);
			expect_nothing(virt);
			guest_reboot();
			*entry |= 1;
			if (l == 0 || l > build->max_block) {
				*entry &= ~2ULL; /* a block where none can be */
				CHECK_INT(guest_crash(), 0);
				expect_nothing(virt);
				guest_reboot();
			}
			if (l) { /* a table where no memory is */
				*entry = encoded(guest.base[0] - page_len()) |
					 TABLE;
				CHECK_INT(guest_crash(), 0);
				expect_nothing(virt);
				guest_reboot();
			}
			CHECK_INT(guest_crash(), 0);
			guest_power_off();
		}
	}
}

static struct {
	uint64_t pfns[4096];
	size_t n, stop;
} told;

static bool tell(void *arg, uint64_t pfn)
{
	(void)arg;
	if (told.n < ARRAY_SIZE(told.pfns))
		told.pfns[told.n] = pfn;
	return ++told.n != told.stop;
}

static size_t walk_tables(size_t stop)
{
	told.n = 0;
	told.stop = stop;
	arch_walk_tables(&guest.arch, tell, NULL);
	return told.n;
}

static bool was_told(uint64_t phys)
{
	for (size_t i = 0; i < told.n && i < ARRAY_SIZE(told.pfns); i++)
		if (told.pfns[i] == phys >> guest.build->page_shift)
			return true;
	return false;
}

static void tells_every_table_and_no_leaf(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		const struct build *build = &builds[i];
		uint64_t far;

		guest_boot(build);
		far = 1ULL << shift_of(build->levels - 1);
		guest_map(build->virt & -page_len(),
			  guest.base[0] + 7 * page_len(), 0);
		/* Another entry of the top table, and of the last one. */
		if (guest.build->va_bits > shift_of(build->levels - 1))
			guest_map((build->virt & -page_len()) ^ far,
				  guest.base[1] + 7 * page_len(), 0);
		guest_map((build->virt & -page_len()) ^ page_len(), 0, 0);
		CHECK_INT(guest_crash(), 0);
		CHECK_INT(walk_tables(0), guest.n[0] + guest.n[1]);
		for (int b = 0; b < 2; b++)
			for (size_t t = 0; t < guest.n[b]; t++)
				CHECK(was_told(guest.base[b] + t * page_len()));
		for (size_t stop = 1; stop <= guest.n[0] + guest.n[1]; stop++)
			CHECK_INT(walk_tables(stop), stop);
		guest_power_off();
	}
}

static void tells_only_what_is_a_table_in_memory(void)
{
	uint64_t *pgd;

	guest_boot(&builds[0]);
	pgd = at(guest.base[0]);
	pgd[0] = encoded(guest.base[0] - page_len()) | TABLE;
	pgd[1] = encoded(guest.base[1] + page_len()) | 2;
	pgd[2] = encoded(guest.base[1] + page_len()) | BLOCK;
	pgd[3] = encoded(guest.base[1] + 2 * page_len()) | TABLE;
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(walk_tables(0), 2);
	CHECK(was_told(guest.base[0]));
	CHECK(was_told(guest.base[1] + 2 * page_len()));
	guest_power_off();
}

/* Tables that are their own parents, or everybody's child. */
static void walks_damaged_tables_to_an_end(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		const struct build *build = &builds[i];
		uint64_t self, phys, len;

		guest_boot(build);
		self = encoded(guest.base[0]) | TABLE;
		for (uint64_t e = 0; e < page_len() / 8; e++)
			at(guest.base[0])[e] = self;
		CHECK_INT(guest_crash(), 0);
		/* Each entry in a row is the same: a table per level. */
		CHECK_INT(walk_tables(0), build->levels);
		/* At the last level it is a page. */
		CHECK_INT(translate(build->virt, &phys, &len), 0);
		CHECK_INT(phys & -page_len(), guest.base[0]);
		guest_reboot();
		/* Two in turns: as many as there are entries, to the end. */
		for (uint64_t e = 1; e < 64; e += 2)
			at(guest.base[0])[e] = encoded(guest.base[1]) | TABLE;
		memcpy(guest.bytes[1], guest.bytes[0], page_len());
		CHECK_INT(guest_crash(), 0);
		CHECK(walk_tables(0) > build->levels);
		guest_power_off();
	}
	/* 96 ways at each of four levels are 14 million tables. */
	guest_boot(&builds[2]);
	for (uint64_t e = 0; e < 96; e++) {
		at(guest.base[0])[e] = encoded(guest.base[e % 2]) | TABLE;
		at(guest.base[1])[e] = encoded(guest.base[e % 2]) | TABLE;
	}
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(walk_tables(0), 2 * TABLES);
	/* On a machine that could have so many. */
	guest.memory.n_pages = 1ULL << 36;
	CHECK(walk_tables(0) <= 96 * (ARCH_WALK_MAX + 1));
	guest_power_off();
}

static void goes_on_without_the_tables(void)
{
	uint64_t phys, len;

	guest_boot(&builds[0]);
	guest.base[0] -= TABLES * page_len();
	CHECK_INT(guest_crash(), 0);
	CHECK_INT(translate(builds[0].virt, &phys, &len), -EFAULT);
	CHECK_INT(walk_tables(0), 0);
	guest_power_off();
}

int main(void)
{
	RUN(finds_pages_and_blocks_of_every_granule);
	RUN(knows_the_linear_map);
	RUN(knows_older_linear_maps);
	RUN(has_no_memory_outside_of_52_bits);
	RUN(knows_what_is_not_the_linear_map);
	RUN(names_what_is_missing);
	RUN(refuses_what_makes_no_sense);
	RUN(takes_no_damaged_entry);
	RUN(tells_every_table_and_no_leaf);
	RUN(tells_only_what_is_a_table_in_memory);
	RUN(walks_damaged_tables_to_an_end);
	RUN(goes_on_without_the_tables);
	return tap_done();
}
