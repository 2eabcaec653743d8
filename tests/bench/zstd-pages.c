// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zstd-pages LEVEL KDUMP OUT -- what zstd alone costs
 *
 * Compresses each page of an uncompressed kdump file (makedumpfile -d N, no
 * codec) into a frame of its own and writes the frames to OUT, in order and
 * without anything else.  No program that makes a kdump file with zstd at this
 * level from these pages can be faster by much, unless its threads are more.
 *
 * The layout: struct disk_dump_header and kdump_sub_header of makedumpfile
 * (diskdump_mod.h), as of version 6.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define PAGE 4096UL
#define OUT_LEN (1UL << 20)

#define AT_BLOCK_SIZE 428
#define AT_SUB_HDR_SIZE 432
#define AT_BITMAP_BLOCKS 436

struct page_desc {
	int64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

struct out {
	int fd;
	size_t len;
	char buf[OUT_LEN];
};

static uint32_t u32_at(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void flush(struct out *out)
{
	size_t done = 0;

	while (done < out->len) {
		ssize_t n = write(out->fd, out->buf + done, out->len - done);

		if (n <= 0)
			err(1, "write");
		done += n;
	}
	out->len = 0;
}

static uint64_t count_bits(const char *at, uint64_t len)
{
	uint64_t n = 0, word;

	for (uint64_t i = 0; i + 8 <= len; i += 8) {
		memcpy(&word, at + i, 8);
		n += __builtin_popcountll(word);
	}
	return n;
}

/* Where the page descriptors are, and how many. */
static uint64_t find_descs(const char *file, uint64_t len, uint64_t *n)
{
	uint64_t bitmaps, bitmaps_len;

	if (len < 2 * PAGE || memcmp(file, "KDUMP   ", 8) ||
	    u32_at(file + AT_BLOCK_SIZE) != PAGE)
		errx(1, "no kdump file with pages of 4 KiB");
	bitmaps = PAGE * (1 + (uint64_t)u32_at(file + AT_SUB_HDR_SIZE));
	bitmaps_len = PAGE * u32_at(file + AT_BITMAP_BLOCKS);
	if (bitmaps + bitmaps_len > len)
		errx(1, "bitmaps beyond the end");
	*n = count_bits(file + bitmaps + bitmaps_len / 2, bitmaps_len / 2);
	if (*n > (len - bitmaps - bitmaps_len) / sizeof(struct page_desc))
		errx(1, "page descriptors beyond the end");
	return bitmaps + bitmaps_len;
}

static void compress_page(ZSTD_CCtx *ctx, const char *page, struct out *out)
{
	size_t room = ZSTD_COMPRESSBOUND(PAGE), len;

	if (out->len + room > OUT_LEN)
		flush(out);
	len = ZSTD_compress2(ctx, out->buf + out->len, room, page, PAGE);
	if (ZSTD_isError(len))
		errx(1, "zstd: %s", ZSTD_getErrorName(len));
	if (len >= PAGE) {
		memcpy(out->buf + out->len, page, PAGE);
		len = PAGE;
	}
	out->len += len;
}

static void compress_pages(const char *file, uint64_t len, int level,
			   struct out *out)
{
	uint64_t n, descs = find_descs(file, len, &n);
	/* All zero pages share the one that comes first. */
	uint64_t zero = descs + n * sizeof(struct page_desc);
	ZSTD_CCtx *ctx = ZSTD_createCCtx();
	struct page_desc desc;

	if (!ctx)
		errx(1, "zstd: no memory");
	ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel, level);
	for (uint64_t i = 0; i < n; i++) {
		memcpy(&desc, file + descs + i * sizeof(desc), sizeof(desc));
		if (desc.flags || desc.size != PAGE ||
		    (uint64_t)desc.offset > len - PAGE)
			errx(1, "a page is not as it was");
		if ((uint64_t)desc.offset != zero)
			compress_page(ctx, file + desc.offset, out);
	}
	flush(out);
	ZSTD_freeCCtx(ctx);
}

int main(int argc, char **argv)
{
	static struct out out;
	struct stat st;
	const char *file;
	int fd;

	if (argc != 4)
		errx(64, "usage: zstd-pages LEVEL KDUMP OUT");
	fd = open(argv[2], O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", argv[2]);
	file = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		err(1, "%s", argv[2]);
	out.fd = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (out.fd < 0)
		err(1, "%s", argv[3]);
	compress_pages(file, st.st_size, atoi(argv[1]), &out);
	return close(out.fd) ? 1 : 0;
}
