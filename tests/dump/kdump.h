/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kdump-compressed file, version 6, as makedumpfile writes it (its
 * IMPLEMENTATION, diskdump_mod.h and common.h): a block of header, blocks of
 * sub-header with the notes behind it, two bitmaps, a page_desc for each page
 * that the second one has, and the pages, wherever.
 */
#ifndef TESTS_DUMP_KDUMP_H
#define TESTS_DUMP_KDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KDUMP_SIGNATURE "KDUMP   "
#define KDUMP_STATUS_INCOMPLETE 8

struct kdump_header {
	char signature[8];
	uint32_t version;
	char utsname[6]
		    [65]; /* sysname, node, release, version, machine, domain */
	char padding[6];
	int64_t sec, usec;
	uint32_t status;
	uint32_t block_size;
	uint32_t sub_blocks; /* of sub-header and notes */
	uint32_t bitmap_blocks; /* of both */
	uint32_t max_mapnr; /* the low bits of max_mapnr_64 */
	uint32_t total_ram_blocks, device_blocks, written_blocks;
	uint32_t current_cpu;
	uint32_t nr_cpus;
} __attribute__((packed));

struct kdump_sub_header {
	int64_t phys_base;
	uint32_t level;
	uint32_t split;
	uint64_t start_pfn, end_pfn;
	uint64_t info_off, info_len;
	uint64_t notes_off, notes_len;
	uint64_t erase_off, erase_len;
	uint64_t start_pfn_64, end_pfn_64, max_mapnr_64;
} __attribute__((packed));

struct kdump_desc {
	int64_t off; /* 0: the page is missing */
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
} __attribute__((packed));

enum kdump_codec { RAW, ZLIB, LZO, SNAPPY, ZSTD, KDUMP_CODECS };
extern const char *const kdump_codec_names[KDUMP_CODECS];
extern const uint32_t kdump_codec_flags[KDUMP_CODECS];

struct kdump {
	const char *path;
	const unsigned char *map;
	uint64_t size;
	const struct kdump_header *header;
	const struct kdump_sub_header *sub;
	uint64_t block;
	uint64_t max_pfn;
	uint64_t bitmap_len; /* of each */
	const unsigned char *bitmap1, *bitmap2;
	const struct kdump_desc *descs;
	uint64_t n_descs;
	uint64_t data_off; /* behind the page_desc table */
};

/*
 * Maps the file and finds its parts.  NULL, or what makes that impossible; a
 * file that cannot be read ends the program with status 2.
 */
const char *kdump_open(struct kdump *kdump, const char *path);

bool kdump_bit(const unsigned char *bitmap, uint64_t pfn);

/* The codec of a page_desc's flags; KDUMP_CODECS when there is none. */
enum kdump_codec kdump_codec(uint32_t flags);

/*
 * Expands a page into page, of kdump->block bytes.  NULL, or what is wrong.
 * What the page_desc says about its place must have been checked.
 */
const char *kdump_expand(const struct kdump *kdump,
			 const struct kdump_desc *desc, unsigned char *page);

#endif
