/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole reads and writes, and the clock that deadlines are counted on.
 * EINTR is retried; nothing here logs.
 */
#ifndef NETSTREAM_IO_H
#define NETSTREAM_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* 0 when all of it was transferred; -ENODATA at an early end of file. */
int read_full(int fd, void *buf, size_t len);
int pread_full(int fd, void *buf, size_t len, uint64_t off);
int write_full(int fd, const void *buf, size_t len);
int pwrite_full(int fd, const void *buf, size_t len, uint64_t off);

/*
 * The whole file, at most max bytes, NUL-terminated, in memory of the caller
 * (free()).  *len may be NULL.  -EFBIG when the file is larger.
 */
int read_file(const char *path, size_t max, char **ret, size_t *len);

/*
 * Memory that costs its size and not a page more, and each page only once it
 * is written to; for munmap().  NULL when there is none.
 */
void *map_zeros(size_t size);

/* Milliseconds since boot (CLOCK_BOOTTIME): never set back. */
uint64_t now_ms(void);
/* Nanoseconds, for what is measured: of time, of this thread's CPU time. */
uint64_t now_ns(void);
uint64_t thread_ns(void);

/* Big endian, as in makedumpfile's flattened format. */
static inline void put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static inline uint64_t get_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

#endif
