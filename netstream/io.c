// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "io.h"

/* What the first read of a file of unknown size asks for. */
#define READ_FILE_STEP 4096

static int check_range(size_t len, uint64_t off)
{
	if (off > INT64_MAX || len > INT64_MAX - off)
		return -EOVERFLOW;
	return 0;
}

int read_full(int fd, void *buf, size_t len)
{
	char *p = buf;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENODATA;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int pread_full(int fd, void *buf, size_t len, uint64_t off)
{
	char *p = buf;
	int ret;

	ret = check_range(len, off);
	while (!ret && len) {
		ssize_t n = pread(fd, p, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENODATA;
		p += n;
		len -= (size_t)n;
		off += (uint64_t)n;
	}
	return ret;
}

int write_full(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int pwrite_full(int fd, const void *buf, size_t len, uint64_t off)
{
	const char *p = buf;
	int ret;

	ret = check_range(len, off);
	while (!ret && len) {
		ssize_t n = pwrite(fd, p, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		p += n;
		len -= (size_t)n;
		off += (uint64_t)n;
	}
	return ret;
}

/*
 * Reads to the end of file, whatever fstat() says: files below /proc have no
 * size.  One byte more than max is asked for, to see whether there is one.
 */
static int read_to_end(int fd, size_t max, char **buf, size_t *len)
{
	size_t size = 0;

	for (;;) {
		ssize_t n;

		if (*len == size) {
			size_t more = size ? 2 * size : READ_FILE_STEP;
			char *p;

			if (more > max + 1)
				more = max + 1;
			p = realloc(*buf, more + 1);
			if (!p)
				return -ENOMEM;
			*buf = p;
			size = more;
		}
		n = read(fd, *buf + *len, size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		*len += (size_t)n;
		if (*len > max)
			return -EFBIG;
	}
	(*buf)[*len] = '\0';
	return 0;
}

int read_file(const char *path, size_t max, char **ret, size_t *len)
{
	char *buf = NULL;
	size_t have = 0;
	int fd, err;

	if (max > SIZE_MAX / 2)
		max = SIZE_MAX / 2;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = read_to_end(fd, max, &buf, &have);
	close(fd);
	if (err < 0) {
		free(buf);
		return err;
	}
	*ret = buf;
	if (len)
		*len = have;
	return 0;
}

void *map_zeros(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t thread_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}
