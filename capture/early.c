// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdlib.h>
#include <string.h>

#include "capture/cpus.h"
#include "capture/dmesg.h"
#include "capture/early.h"
#include "capture/percpu.h"

#define PAGES_STEP 1024
/* THREAD_SIZE of x86_64 and arm64, twice that with KASAN. */
#define STACK_LEN (16U << 10)
/* 64 PiB in sections of 128 MiB, 256 of them behind a pointer. */
#define SECTION_ROOTS_MAX (1U << 21)
/* The largest MAX_NUMNODES; struct pglist_data has 170 KB in 6.12. */
#define NODES_MAX 1024
#define NODE_LEN_MAX (1U << 20)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
/* Page tables come first, and may be damaged. */
#define TABLES_MAX 8192

struct finder {
	struct early *early;
	const struct memory *memory;
	struct arch arch;
	size_t limit;
};

static bool add(struct finder *finder, uint64_t pfn)
{
	struct early *early = finder->early;
	struct early_page *more;

	if (early->n >= finder->limit)
		return false;
	if (early->n && early->pages[early->n - 1].pfn == pfn)
		return true;
	if (early->n == early->room) {
		more = realloc(early->pages,
			       (early->room + PAGES_STEP) * sizeof(*more));
		if (!more)
			return false;
		early->pages = more;
		early->room += PAGES_STEP;
	}
	early->pages[early->n++] = (struct early_page){
		.pfn = pfn,
		.rank = EARLY_LEFT_OUT,
	};
	return true;
}

static bool add_table(void *arg, uint64_t pfn)
{
	return add(arg, pfn);
}

/* The pages behind a range of virtual addresses; false: no room for more. */
static bool add_virt(void *arg, uint64_t virt, uint64_t len)
{
	struct finder *finder = arg;
	uint64_t page_len = 1ULL << finder->memory->page_shift;
	uint64_t phys, has, last;

	/* Garbage may reach to the end of all addresses, or beyond. */
	if (!len || __builtin_add_overflow(virt, len - 1, &last))
		return true;
	virt &= -page_len;
	for (uint64_t n = (last - virt) / page_len + 1; n;
	     n--, virt += page_len)
		if (!arch_translate(&finder->arch, virt, &phys, &has) &&
		    !add(finder, phys >> finder->memory->page_shift))
			return false;
	return true;
}

static void add_log(void *arg, uint64_t virt, uint64_t len)
{
	add_virt(arg, virt, len);
}

static void add_stack(void *arg, uint64_t sp)
{
	add_virt(arg, sp & -(uint64_t)STACK_LEN, STACK_LEN);
}

/* The PT_LOAD that the kernel text is in holds all of its image. */
static void add_image(struct finder *finder, const struct vmcoreinfo *info)
{
	const struct vmcore *core = finder->memory->core;
	unsigned int shift = finder->memory->page_shift;
	uint64_t text, pfn;

	if (vmcoreinfo_symbol(info, "_stext", &text) < 0)
		return;
	for (size_t i = 0; i < core->n_phdrs; i++) {
		const Elf64_Phdr *phdr = &core->phdrs[i];

		if (phdr->p_type != PT_LOAD || text < phdr->p_vaddr ||
		    text - phdr->p_vaddr >= phdr->p_filesz)
			continue;
		for (pfn = phdr->p_paddr >> shift;
		     pfn < (phdr->p_paddr + phdr->p_filesz) >> shift; pfn++)
			if (!add(finder, pfn))
				return;
		return;
	}
}

/* What the entries of an array of pointers point to; many are NULL. */
static void add_pointed(struct finder *finder, const struct vmcoreinfo *info,
			const char *array, uint64_t max, uint64_t len)
{
	uint64_t virt, n, entries[512];

	if (vmcoreinfo_symbol(info, array, &virt) < 0 ||
	    vmcoreinfo_length(info, array, &n) < 0 || n > max)
		return;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t *entry = &entries[i % ARRAY_SIZE(entries)];
		uint64_t has = n - i;

		if (has > ARRAY_SIZE(entries))
			has = ARRAY_SIZE(entries);
		if (entry == entries &&
		    vmcore_read_virt(finder->memory->core, virt + i * 8,
				     entries, has * sizeof(*entries)) < 0)
			return;
		if (*entry && !add_virt(finder, *entry, len))
			return;
	}
	add_virt(finder, virt, n * 8);
}

/* Sections of the memory map, and the nodes of the memory. */
static void add_memory(struct finder *finder, const struct vmcoreinfo *info)
{
	uint64_t len;

	add_pointed(finder, info, "mem_section", SECTION_ROOTS_MAX, 1);
	if (!vmcoreinfo_size(info, "pglist_data", &len) && len <= NODE_LEN_MAX)
		add_pointed(finder, info, "node_data", NODES_MAX, len);
}

static int compare(const void *a, const void *b)
{
	const struct early_page *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* The pages behind the first n_loose, and the loose ones: each once. */
static void merge(struct early *early, const struct early_page *loose,
		  size_t n_loose)
{
	struct early_page *pages = early->pages;
	size_t i = 0, j = n_loose, end = early->n, n = 0;

	while (i < n_loose || j < end) {
		bool is_loose = j == end ||
				(i < n_loose && loose[i].pfn < pages[j].pfn);
		struct early_page page = is_loose ? loose[i++] : pages[j++];

		if (!n || pages[n - 1].pfn != page.pfn)
			pages[n++] = page;
	}
	early->n = n;
}

/* Those of the image, from first to the one before end, are in order. */
static void sort(struct early *early, size_t first, size_t end)
{
	size_t n_loose = early->n - (end - first);
	struct early_page *pages = early->pages, *loose;

	loose = malloc(n_loose * sizeof(*loose));
	if (!loose) {
		qsort(pages, early->n, sizeof(*pages), compare);
		merge(early, NULL, 0);
		return;
	}
	memcpy(loose, pages, first * sizeof(*pages));
	memcpy(loose + first, pages + end, (early->n - end) * sizeof(*pages));
	memmove(pages + n_loose, pages + first, (end - first) * sizeof(*pages));
	qsort(loose, n_loose, sizeof(*loose), compare);
	merge(early, loose, n_loose);
	free(loose);
}

void early_find(struct early *early, const struct memory *memory,
		const struct vmcoreinfo *info)
{
	struct finder finder = {
		.early = early,
		.memory = memory,
		.limit = TABLES_MAX,
	};
	size_t image, image_end;
	bool has_arch;

	*early = (struct early){ 0 };
	if (!info->text)
		return;
	has_arch = !arch_init(&finder.arch, memory, info);
	if (has_arch) {
		arch_walk_tables(&finder.arch, add_table, &finder);
		finder.limit = EARLY_PAGES_MAX;
		cpus_walk(memory->core, add_stack, &finder);
		dmesg_ranges(memory->core, info, add_log, &finder);
	}
	finder.limit = EARLY_PAGES_MAX;
	image = early->n;
	add_image(&finder, info);
	image_end = early->n;
	if (has_arch) {
		percpu_ranges(memory->core, info, add_virt, &finder);
		add_memory(&finder, info);
	}
	if (early->n)
		sort(early, image, image_end);
}

void early_free(struct early *early)
{
	free(early->pages);
	*early = (struct early){ 0 };
}

static bool is_set(const uint8_t *bits, uint64_t i)
{
	return bits[i / 8] >> (i % 8) & 1;
}

void early_ranks(struct early *early, size_t *next, uint64_t pfn,
		 const uint8_t *bits, uint64_t n_bits, uint64_t rank)
{
	uint64_t at = 0; /* bits counted in rank */

	for (; *next < early->n; ++*next) {
		struct early_page *page = &early->pages[*next];

		if (page->pfn >= pfn + n_bits)
			return;
		if (page->pfn < pfn || !is_set(bits, page->pfn - pfn))
			continue;
		for (; at < page->pfn - pfn; at++)
			rank += is_set(bits, at);
		page->rank = rank;
	}
}
