// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdump-check [-m MISSING] DUMP VMCORE: is the kdump-compressed file, as crash
 * and makedumpfile read it, a dump of this ELF vmcore, page by page?
 *
 * kdump-check -c A B [FIRST END]: have the two files the same bitmaps?  From
 * page FIRST to END, B is to have every page of the vmcore instead.
 *
 * The status must say which codecs there are, and pages are missing as many as
 * MISSING (0) says, unless the status is that of an incomplete dump.
 *
 * Prints counts, "NAME NUMBER" on each line.  What is wrong is a line each
 * that begins with the file's name; then the exit status is 1.  2: it could
 * not check.
 */
#include <err.h>
#include <lzo/lzo1x.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/dump/kdump.h"
#include "tests/dump/source.h"

#define BAD_LINES 20
#define KNOWN_STATUS 0x3f

static const unsigned char zeroes[65536];

struct extent {
	uint64_t off;
	uint32_t size;
};

struct check {
	struct kdump dump;
	struct source source;
	unsigned long n_bad;
	uint64_t n_pages1; /* bits of bitmap 1 */
	uint64_t n_codec[KDUMP_CODECS];
	uint64_t n_missing;
	uint64_t n_zero; /* pages */
	uint64_t zero_off; /* where the first of them is */
	uint64_t n_zero_targets;
	struct extent *extents; /* of all pages, zero pages once */
	size_t n_extents;
};

static void __attribute__((format(printf, 2, 3)))
bad(struct check *check, const char *format, ...)
{
	va_list args;

	if (check->n_bad++ >= BAD_LINES)
		return;
	printf("%s: ", check->dump.path);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* The kernel's own uts_namespace, through the PT_LOAD of its text. */
static void check_utsname(struct check *check)
{
	static const char *const names[] = {
		"sysname", "nodename", "release",
		"version", "machine",  "domainname"
	};
	const struct kdump_header *header = check->dump.header;
	const unsigned char *uts = NULL;
	int64_t symbol, offset;
	char text[65];

	if (source_number(&check->source, "SYMBOL(init_uts_ns)", 16, &symbol) &&
	    source_number(&check->source, "OFFSET(uts_namespace.name)", 10,
			  &offset))
		uts = source_virt(&check->source, (uint64_t)(symbol + offset),
				  sizeof(header->utsname));
	for (int i = 0; i < 6; i++) {
		if (!memchr(header->utsname[i], 0, 65))
			bad(check, "utsname.%s does not end", names[i]);
		else if (uts && strncmp(header->utsname[i],
					(const char *)uts + i * 65, 65))
			bad(check,
			    "utsname.%s is \"%s\", the kernel's \"%.64s\"",
			    names[i], header->utsname[i],
			    (const char *)uts + i * 65);
	}
	if (source_text(&check->source, "OSRELEASE", text, sizeof(text)) &&
	    strncmp(text, header->utsname[2], 64))
		bad(check, "utsname.release is \"%.64s\", not OSRELEASE",
		    header->utsname[2]);
	if (strcmp(header->utsname[4],
		   check->source.ehdr->e_machine == EM_AARCH64 ? "aarch64"
							       : "x86_64"))
		bad(check, "utsname.machine is \"%.64s\"", header->utsname[4]);
}

static void check_header(struct check *check)
{
	const struct kdump_header *header = check->dump.header;
	uint64_t block = check->dump.block;
	uint64_t bytes = (check->source.max_pfn + 7) / 8;
	uint64_t blocks = 2 * ((bytes + block - 1) / block);

	check_utsname(check);
	for (size_t i = 0; i < sizeof(header->padding); i++)
		if (header->padding[i])
			bad(check, "padding of the header is not zero");
	if (header->sec < 0 || header->usec < 0 || header->usec >= 1000000)
		bad(check, "timestamp is no time");
	if (header->status & ~KNOWN_STATUS)
		bad(check, "status %#x", header->status);
	if (block != 1ULL << check->source.page_shift)
		bad(check, "block_size is not the kernel's page size");
	if (header->bitmap_blocks != blocks)
		bad(check, "bitmap_blocks is %u, not %llu",
		    header->bitmap_blocks, (unsigned long long)blocks);
	if (check->dump.max_pfn != check->source.max_pfn)
		bad(check, "max_mapnr_64 is %#llx, not %#llx",
		    (unsigned long long)check->dump.max_pfn,
		    (unsigned long long)check->source.max_pfn);
	if (header->max_mapnr != (check->source.max_pfn > UINT32_MAX
					  ? UINT32_MAX
					  : check->source.max_pfn))
		bad(check, "max_mapnr is %#x", header->max_mapnr);
	if (header->nr_cpus != check->source.n_prstatus)
		bad(check, "nr_cpus is %u, notes say %u", header->nr_cpus,
		    check->source.n_prstatus);
	for (size_t i = sizeof(*header); i < block; i++)
		if (check->dump.map[i])
			return bad(check, "block 0 is not zero at %zu", i);
}

/* Of the blocks behind the header: [off, off + len) is theirs. */
static bool in_sub_blocks(const struct check *check, uint64_t off, uint64_t len)
{
	uint64_t block = check->dump.block;
	uint64_t end = block * (1 + (uint64_t)check->dump.header->sub_blocks);

	return off >= block + sizeof(struct kdump_sub_header) && off <= end &&
	       len <= end - off;
}

static void check_sub_header(struct check *check)
{
	const struct kdump_sub_header *sub = check->dump.sub;
	uint64_t block = check->dump.block;
	uint64_t len = sizeof(*sub) + check->source.notes_len;
	int64_t phys_base;

	if (source_number(&check->source, "NUMBER(phys_base)", 10,
			  &phys_base) &&
	    sub->phys_base != phys_base)
		bad(check, "phys_base is %lld, not %lld",
		    (long long)sub->phys_base, (long long)phys_base);
	if (sub->level > 31)
		bad(check, "dump_level is %u", sub->level);
	if (sub->split || sub->start_pfn || sub->start_pfn_64)
		bad(check, "it says that it is split");
	if (sub->erase_off || sub->erase_len)
		bad(check, "it has erase information");
	if (check->dump.header->sub_blocks != (len + block - 1) / block)
		bad(check, "sub_hdr_size is %u, not %llu",
		    check->dump.header->sub_blocks,
		    (unsigned long long)((len + block - 1) / block));
	if (!in_sub_blocks(check, sub->notes_off, sub->notes_len))
		bad(check, "the notes are outside the sub-header");
	else if (sub->notes_len != check->source.notes_len ||
		 memcmp(check->dump.map + sub->notes_off, check->source.notes,
			sub->notes_len))
		bad(check, "the notes are not those of the vmcore");
	if (!in_sub_blocks(check, sub->info_off, sub->info_len) ||
	    sub->info_off < sub->notes_off ||
	    sub->info_off + sub->info_len > sub->notes_off + sub->notes_len)
		bad(check, "VMCOREINFO is outside the notes");
	else if (sub->info_len != check->source.info_len ||
		 memcmp(check->dump.map + sub->info_off, check->source.info,
			sub->info_len))
		bad(check, "offset_vmcoreinfo does not point at its text");
}

static void check_bitmaps(struct check *check)
{
	const struct kdump *dump = &check->dump;

	for (uint64_t pfn = 0; pfn < dump->bitmap_len * 8; pfn++) {
		bool bit1 = kdump_bit(dump->bitmap1, pfn);

		check->n_pages1 += bit1;
		if (bit1 != source_has(&check->source, pfn))
			bad(check, "bitmap 1: page %#llx is %s",
			    (unsigned long long)pfn,
			    bit1 ? "not in the vmcore" : "not set");
		if (!bit1 && kdump_bit(dump->bitmap2, pfn))
			bad(check, "bitmap 2: page %#llx is not in bitmap 1",
			    (unsigned long long)pfn);
	}
}

static bool check_desc(struct check *check, uint64_t pfn,
		       const struct kdump_desc *desc)
{
	const struct kdump *dump = &check->dump;
	enum kdump_codec codec = kdump_codec(desc->flags);
	uint64_t off = (uint64_t)desc->off;

	if (codec == KDUMP_CODECS || desc->page_flags)
		bad(check, "page %#llx: flags %#x, page_flags %#llx",
		    (unsigned long long)pfn, desc->flags,
		    (unsigned long long)desc->page_flags);
	else if (!desc->size || (codec == RAW ? desc->size != dump->block
					      : desc->size >= dump->block))
		bad(check, "page %#llx: %u bytes, %s", (unsigned long long)pfn,
		    desc->size, kdump_codec_names[codec]);
	else if (off < dump->data_off || off > dump->size ||
		 desc->size > dump->size - off)
		bad(check, "page %#llx: %u bytes at %#llx",
		    (unsigned long long)pfn, desc->size,
		    (unsigned long long)off);
	else if (codec != RAW && !(dump->header->status &
				   (desc->flags | KDUMP_STATUS_INCOMPLETE)))
		bad(check, "page %#llx: %s, which the status does not say",
		    (unsigned long long)pfn, kdump_codec_names[codec]);
	else
		return true;
	return false;
}

static void add_extent(struct check *check, const struct kdump_desc *desc,
		       bool zero)
{
	if (zero && check->n_zero++ && (uint64_t)desc->off == check->zero_off)
		return;
	if (zero) {
		check->zero_off = (uint64_t)desc->off;
		check->n_zero_targets++;
	}
	check->extents[check->n_extents++] =
		(struct extent){ (uint64_t)desc->off, desc->size };
}

static void check_page(struct check *check, uint64_t pfn,
		       const struct kdump_desc *desc)
{
	unsigned char page[65536];
	const unsigned char *source;
	const char *wrong;

	if (!desc->off) {
		check->n_missing++;
		if (desc->size || desc->flags || desc->page_flags)
			bad(check, "page %#llx: offset 0, but more",
			    (unsigned long long)pfn);
		return;
	}
	if (!check_desc(check, pfn, desc))
		return;
	check->n_codec[kdump_codec(desc->flags)]++;
	wrong = kdump_expand(&check->dump, desc, page);
	if (wrong)
		return bad(check, "page %#llx: %s", (unsigned long long)pfn,
			   wrong);
	for (unsigned int i = 0;; i++) {
		source = source_page(&check->source, pfn, i);
		if (!source)
			return bad(check, "page %#llx: not what it was",
				   (unsigned long long)pfn);
		if (!memcmp(source, page, check->dump.block))
			break;
	}
	add_extent(check, desc, !memcmp(page, zeroes, check->dump.block));
}

static void check_pages(struct check *check)
{
	uint64_t rank = 0;

	check->extents = calloc(check->dump.n_descs + 1, sizeof(struct extent));
	if (!check->extents)
		errx(2, "no memory");
	for (uint64_t pfn = 0; pfn < check->dump.bitmap_len * 8; pfn++)
		if (kdump_bit(check->dump.bitmap2, pfn))
			check_page(check, pfn, &check->dump.descs[rank++]);
	if (check->dump.sub->level & 1 && check->n_zero_targets > 1)
		bad(check, "%llu zero pages have %llu places",
		    (unsigned long long)check->n_zero,
		    (unsigned long long)check->n_zero_targets);
}

static int by_offset(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return (x->off > y->off) - (x->off < y->off);
}

/* No byte belongs to two pages; *unused: the bytes that belong to none. */
static void check_overlaps(struct check *check, uint64_t *unused)
{
	uint64_t end = check->dump.data_off;

	*unused = 0;
	qsort(check->extents, check->n_extents, sizeof(struct extent),
	      by_offset);
	for (size_t i = 0; i < check->n_extents; i++) {
		const struct extent *extent = &check->extents[i];

		if (extent->off < end)
			bad(check, "two pages share the bytes at %#llx",
			    (unsigned long long)extent->off);
		else
			*unused += extent->off - end;
		end = extent->off + extent->size;
	}
	*unused += check->dump.size - end;
}

static void figure(const char *name, uint64_t value)
{
	printf("%s %llu\n", name, (unsigned long long)value);
}

static int check_dump(const char *dump, const char *vmcore, uint64_t missing)
{
	static struct check check;
	const char *wrong;
	uint64_t unused;

	source_open(&check.source, vmcore);
	wrong = kdump_open(&check.dump, dump);
	if (wrong) {
		printf("%s: %s\n", dump, wrong);
		return 1;
	}
	check_header(&check);
	check_sub_header(&check);
	check_bitmaps(&check);
	check_pages(&check);
	check_overlaps(&check, &unused);
	if (!(check.dump.header->status & KDUMP_STATUS_INCOMPLETE) &&
	    check.n_missing != missing)
		bad(&check, "%llu pages are missing",
		    (unsigned long long)check.n_missing);
	figure("level", check.dump.sub->level);
	figure("status", check.dump.header->status);
	figure("frames", check.n_pages1);
	figure("pages", check.dump.n_descs);
	figure("missing", check.n_missing);
	figure("zero", check.n_zero);
	figure("zero-places", check.n_zero_targets);
	for (int i = 0; i < KDUMP_CODECS; i++)
		figure(kdump_codec_names[i], check.n_codec[i]);
	figure("data-offset", check.dump.data_off);
	figure("unused-bytes", unused);
	if (check.n_bad > BAD_LINES)
		printf("%s: %lu more\n", dump, check.n_bad - BAD_LINES);
	return check.n_bad != 0;
}

static int compare(const char *path_a, const char *path_b, uint64_t first,
		   uint64_t end)
{
	static struct check check;
	struct kdump a;
	const char *wrong;

	wrong = kdump_open(&a, path_a);
	if (wrong)
		errx(2, "%s: %s", path_a, wrong);
	wrong = kdump_open(&check.dump, path_b);
	if (wrong)
		errx(2, "%s: %s", path_b, wrong);
	if (a.max_pfn != check.dump.max_pfn ||
	    a.bitmap_len != check.dump.bitmap_len) {
		printf("%s: not of as many pages\n", path_b);
		return 1;
	}
	for (uint64_t pfn = 0; pfn < a.bitmap_len * 8; pfn++) {
		bool exists = kdump_bit(a.bitmap1, pfn);
		bool wanted = pfn >= first && pfn < end
				      ? exists
				      : kdump_bit(a.bitmap2, pfn);

		if (exists != kdump_bit(check.dump.bitmap1, pfn))
			bad(&check, "bitmap 1 differs at page %#llx",
			    (unsigned long long)pfn);
		if (wanted != kdump_bit(check.dump.bitmap2, pfn))
			bad(&check, "bitmap 2 %s page %#llx",
			    wanted ? "lacks" : "has", (unsigned long long)pfn);
	}
	figure("pages-a", a.n_descs);
	figure("pages-b", check.dump.n_descs);
	figure("differences", check.n_bad);
	return check.n_bad != 0;
}

int main(int argc, char **argv)
{
	uint64_t missing = 0;
	bool comparing = false;
	int option;

	while ((option = getopt(argc, argv, "cm:")) != -1) {
		if (option == 'c')
			comparing = true;
		else if (option == 'm')
			missing = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	argv += optind;
	argc -= optind;
	if (argc != 2 && !(comparing && argc == 4))
		errx(2, "see the first lines of its source");
	if (lzo_init() != LZO_E_OK)
		errx(2, "lzo_init");
	if (!comparing)
		return check_dump(argv[0], argv[1], missing);
	return compare(argv[0], argv[1],
		       argc == 4 ? strtoull(argv[2], NULL, 0) : 0,
		       argc == 4 ? strtoull(argv[3], NULL, 0) : 0);
}
