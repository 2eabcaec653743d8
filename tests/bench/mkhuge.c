// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkhuge GIB FILE -- the vmcore of a machine with GIB GiB of memory, sparse
 *
 * All that is in it is what a filter reads: notes, page tables, mem_section
 * tables, struct pages (huge-pages.h).  There are as many struct pages as the
 * machine would have, but the page tables map the same BLOCKS pieces of 2 MiB
 * again and again, so that FILE takes some 260 MiB of disk at any size.  The
 * kernel is a 6.1 of x86_64 with four levels, not relocated.
 *
 * Physical memory: 2 GiB, a hole of 2 GiB, the rest.
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/huge-pages.h"

#define PAGE 4096ULL
#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define MAX_GIB 16384
#define BLOCKS 128ULL

/* Virtual addresses (Documentation/arch/x86/x86_64/mm.rst). */
#define DIRECT_MAP 0xffff888000000000ULL
#define VMEMMAP 0xffffea0000000000ULL
#define TEXT_MAP 0xffffffff80000000ULL

/* Where things are in physical memory. */
#define TEXT_START (16 * MIB)
#define TEXT_END (64 * MIB)
#define PGD (32 * MIB)
#define UTS_NS (32 * MIB + 0x8000)
#define NODE_ONLINE_MAP (32 * MIB + 0x9000)
#define TABLES (33 * MIB) /* page tables, then mem_section's roots */
#define STRUCT_PAGES (256 * MIB)
#define LOW_START MIB
#define LOW_END (2 * GIB)
#define HIGH_START (4 * GIB)

#define SECTION_LEN (128 * MIB)
#define SECTIONS_PER_ROOT 256 /* of 16 bytes, in a page */
#define ROOTS 2048
/* SECTION_MARKED_PRESENT, HAS_MEM_MAP, IS_ONLINE, IS_EARLY (mmzone.h). */
#define SECTION_FLAGS 0xf

/* Entries of page tables. */
#define ENTRY_TABLE 0x63 /* present, writable, accessed, dirty */
#define ENTRY_LEAF 0xe3 /* and huge */

#define NOTES_LEN (2 * PAGE)
#define N_LOADS 3

struct load {
	uint64_t phys, len, virt, offset;
};

struct huge {
	int fd;
	struct load loads[N_LOADS];
	uint64_t high_end; /* physical */
	uint64_t next_table; /* physical */
};

/* What makedumpfile asks for, of Debian's 6.1.0-56-cloud-amd64. */
static const char vmcoreinfo[] = "OSRELEASE=6.1.0-56-cloud-amd64\n"
				 "PAGESIZE=4096\n"
				 "OFFSET(uts_namespace.name)=0\n"
				 "LENGTH(mem_section)=2048\n"
				 "SIZE(mem_section)=16\n"
				 "OFFSET(mem_section.section_mem_map)=0\n"
				 "NUMBER(SECTION_SIZE_BITS)=27\n"
				 "NUMBER(MAX_PHYSMEM_BITS)=46\n"
				 "SIZE(page)=64\n"
				 "SIZE(pglist_data)=174208\n"
				 "SIZE(zone)=1536\n"
				 "SIZE(free_area)=88\n"
				 "SIZE(list_head)=16\n"
				 "SIZE(nodemask_t)=128\n"
				 "OFFSET(page.flags)=0\n"
				 "OFFSET(page._refcount)=52\n"
				 "OFFSET(page.mapping)=24\n"
				 "OFFSET(page.lru)=8\n"
				 "OFFSET(page._mapcount)=48\n"
				 "OFFSET(page.private)=40\n"
				 "OFFSET(page.compound_dtor)=16\n"
				 "OFFSET(page.compound_order)=17\n"
				 "OFFSET(page.compound_head)=8\n"
				 "LENGTH(zone.free_area)=11\n"
				 "LENGTH(free_area.free_list)=5\n"
				 "NUMBER(NR_FREE_PAGES)=0\n"
				 "NUMBER(PG_lru)=4\n"
				 "NUMBER(PG_private)=13\n"
				 "NUMBER(PG_swapcache)=10\n"
				 "NUMBER(PG_swapbacked)=19\n"
				 "NUMBER(PG_slab)=9\n"
				 "NUMBER(PG_head_mask)=65536\n"
				 "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
				 "NUMBER(HUGETLB_PAGE_DTOR)=2\n"
				 "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n"
				 "NUMBER(phys_base)=0\n"
				 "NUMBER(pgtable_l5_enabled)=0\n"
				 "KERNELOFFSET=0\n"
				 "NUMBER(KERNEL_IMAGE_SIZE)=1073741824\n"
				 "NUMBER(sme_mask)=0\n";

static void put_at(const struct huge *huge, const void *data, size_t len,
		   uint64_t off)
{
	const char *at = data;

	while (len) {
		ssize_t n = pwrite(huge->fd, at, len, off);

		if (n <= 0)
			err(1, "write");
		at += n;
		len -= n;
		off += n;
	}
}

/* To all places of the file that hold this physical memory: no piece crosses
 * the ends of a load. */
static void put(const struct huge *huge, uint64_t phys, const void *data,
		size_t len)
{
	for (size_t i = 0; i < N_LOADS; i++) {
		const struct load *load = &huge->loads[i];

		if (phys >= load->phys && phys - load->phys < load->len)
			put_at(huge, data, len,
			       load->offset + (phys - load->phys));
	}
}

static void put_u64(const struct huge *huge, uint64_t phys, uint64_t value)
{
	put(huge, phys, &value, sizeof(value));
}

static uint64_t new_table(struct huge *huge)
{
	uint64_t table = huge->next_table;

	huge->next_table += PAGE;
	return table;
}

/* The number of sections, the hole's included. */
static uint64_t n_sections(const struct huge *huge)
{
	return huge->high_end / SECTION_LEN;
}

static bool in_hole(uint64_t section)
{
	return section >= LOW_END / SECTION_LEN &&
	       section < HIGH_START / SECTION_LEN;
}

static uint64_t pgd_entry(uint64_t virt)
{
	return PGD + (virt >> 39 & 511) * 8;
}

/* Everything with 1 GiB pages. */
static void map_memory(struct huge *huge)
{
	uint64_t pud = 0;

	for (uint64_t phys = 0; phys < huge->high_end; phys += GIB) {
		if (phys % (512 * GIB) == 0) {
			pud = new_table(huge);
			put_u64(huge, pgd_entry(DIRECT_MAP + phys),
				pud | ENTRY_TABLE);
		}
		put_u64(huge, pud + phys / GIB % 512 * 8, phys | ENTRY_LEAF);
	}
}

/* 1 GiB from physical address 0 on, with 2 MiB pages. */
static void map_text(struct huge *huge)
{
	uint64_t pud = new_table(huge), pmd = new_table(huge);

	put_u64(huge, pgd_entry(TEXT_MAP), pud | ENTRY_TABLE);
	put_u64(huge, pud + 510 * 8, pmd | ENTRY_TABLE);
	for (uint64_t i = 0; i < 512; i++)
		put_u64(huge, pmd + i * 8, i * 2 * MIB | ENTRY_LEAF);
}

/* One section has one PMD: 2 MiB of struct pages, each block's in its turn. */
static void map_struct_pages(struct huge *huge)
{
	uint64_t pud = new_table(huge), pmd = 0;

	put_u64(huge, pgd_entry(VMEMMAP), pud | ENTRY_TABLE);
	for (uint64_t section = 0; section < n_sections(huge); section++) {
		uint64_t block = section ? 1 + (section - 1) % (BLOCKS - 1) : 0;

		if (section % 512 == 0) {
			pmd = new_table(huge);
			put_u64(huge, pud + section / 512 * 8,
				pmd | ENTRY_TABLE);
		}
		if (!in_hole(section))
			put_u64(huge, pmd + section % 512 * 8,
				(STRUCT_PAGES + block * 2 * MIB) | ENTRY_LEAF);
	}
}

/* Returns the physical address of the table of roots. */
static uint64_t put_sections(struct huge *huge)
{
	uint64_t roots = huge->next_table, root = 0;

	huge->next_table += ROOTS * 8;
	for (uint64_t section = 0; section < n_sections(huge); section++) {
		if (section % SECTIONS_PER_ROOT == 0) {
			root = new_table(huge);
			put_u64(huge, roots + section / SECTIONS_PER_ROOT * 8,
				DIRECT_MAP + root);
		}
		/* The map's address minus that of its first frame: VMEMMAP. */
		if (!in_hole(section))
			put_u64(huge, root + section % SECTIONS_PER_ROOT * 16,
				VMEMMAP | SECTION_FLAGS);
	}
	return roots;
}

static void put_struct_pages(const struct huge *huge)
{
	struct huge_page *pages = malloc(2 * MIB);

	if (!pages)
		err(1, "malloc");
	for (uint64_t i = 0; i < BLOCKS; i++) {
		/* The first section that has it; the lowest is the kernel's. */
		if (i)
			huge_block(pages, i, VMEMMAP + i * 2 * MIB);
		else
			huge_kernel_block(pages, TEXT_END / PAGE);
		put(huge, STRUCT_PAGES + i * 2 * MIB, pages, 2 * MIB);
	}
	free(pages);
}

/* struct new_utsname at offset 0 of init_uts_ns (OFFSET(uts_namespace.name)) */
static void put_utsname(const struct huge *huge)
{
	char names[6][65] = { "Linux",	"huge",	  "6.1.0-56-cloud-amd64",
			      "#1 SMP", "x86_64", "" };

	put(huge, UTS_NS, names, sizeof(names));
}

static size_t put_note(char *at, const char *name, uint32_t type,
		       const void *desc, size_t len)
{
	Elf64_Nhdr note = { strlen(name) + 1, len, type };
	size_t desc_at = sizeof(note) + ((note.n_namesz + 3) & ~3U);

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), name, note.n_namesz);
	memcpy(at + desc_at, desc, len);
	return desc_at + ((len + 3) & ~3UL);
}

static void put_notes(const struct huge *huge, uint64_t roots)
{
	char notes[NOTES_LEN] = "", text[PAGE], prstatus[336] = "";
	size_t len;

	snprintf(text, sizeof(text),
		 "%sSYMBOL(init_uts_ns)=%llx\nSYMBOL(node_online_map)=%llx\n"
		 "SYMBOL(swapper_pg_dir)=%llx\nSYMBOL(init_top_pgt)=%llx\n"
		 "SYMBOL(_stext)=%llx\nSYMBOL(mem_section)=%llx\n"
		 "CRASHTIME=1767225600\n",
		 vmcoreinfo, TEXT_MAP + UTS_NS, TEXT_MAP + NODE_ONLINE_MAP,
		 TEXT_MAP + PGD, TEXT_MAP + PGD, TEXT_MAP + TEXT_START,
		 DIRECT_MAP + (unsigned long long)roots);
	len = put_note(notes, "CORE", NT_PRSTATUS, prstatus, sizeof(prstatus));
	put_note(notes + len, "VMCOREINFO", 0, text, strlen(text));
	put_at(huge, notes, sizeof(notes), PAGE);
}

static void put_headers(const struct huge *huge)
{
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1 + N_LOADS,
	};
	Elf64_Phdr phdrs[1 + N_LOADS] = { {
		.p_type = PT_NOTE,
		.p_offset = PAGE,
		.p_filesz = NOTES_LEN,
		.p_memsz = NOTES_LEN,
	} };

	for (size_t i = 0; i < N_LOADS; i++) {
		const struct load *load = &huge->loads[i];

		phdrs[1 + i] = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W | PF_X,
			.p_offset = load->offset,
			.p_vaddr = load->virt,
			.p_paddr = load->phys,
			.p_filesz = load->len,
			.p_memsz = load->len,
		};
	}
	put_at(huge, &ehdr, sizeof(ehdr), 0);
	put_at(huge, phdrs, sizeof(phdrs), sizeof(ehdr));
}

/* The kernel text is in its own segment and in the direct map, as ever. */
static void lay_out(struct huge *huge, uint64_t gib)
{
	uint64_t offset = PAGE + NOTES_LEN;

	huge->high_end = HIGH_START + (gib - 2) * GIB;
	huge->next_table = TABLES;
	huge->loads[0] = (struct load){ TEXT_START, TEXT_END - TEXT_START,
					TEXT_MAP + TEXT_START, 0 };
	huge->loads[1] = (struct load){ LOW_START, LOW_END - LOW_START,
					DIRECT_MAP + LOW_START, 0 };
	huge->loads[2] = (struct load){ HIGH_START, huge->high_end - HIGH_START,
					DIRECT_MAP + HIGH_START, 0 };
	for (size_t i = 0; i < N_LOADS; i++) {
		huge->loads[i].offset = offset;
		offset += huge->loads[i].len;
	}
	if (ftruncate(huge->fd, offset))
		err(1, "ftruncate");
}

int main(int argc, char **argv)
{
	uint64_t gib = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	struct huge huge = { 0 };
	uint64_t roots;

	if (gib < 4 || gib > MAX_GIB)
		errx(64, "usage: mkhuge GIB FILE");
	huge.fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (huge.fd < 0)
		err(1, "%s", argv[2]);
	lay_out(&huge, gib);
	map_memory(&huge);
	map_text(&huge);
	map_struct_pages(&huge);
	roots = put_sections(&huge);
	put_struct_pages(&huge);
	put_utsname(&huge);
	put_u64(&huge, NODE_ONLINE_MAP, 1);
	put_notes(&huge, roots);
	put_headers(&huge);
	if (close(huge.fd))
		err(1, "%s", argv[2]);
	return 0;
}
