/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in memory for the fuzzers, and vmcores that the input damages: each
 * byte of the input is added to one of the vmcore's, so an empty input is a
 * good vmcore and no corpus is needed to get past the headers.
 */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FUZZ_FILE_MAX (256U << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *fuzz_file(const void *bytes, size_t len)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 ||
	    pwrite(fd, bytes, len, 0) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* The vmcore of a description (tests/mkvmcore.c), made once. */
struct fuzz_vmcore {
	unsigned char *bytes;
	size_t len;
};

static inline void fuzz_vmcore(struct fuzz_vmcore *ret, const char *description)
{
	int fd = memfd_create("template", MFD_CLOEXEC);
	off_t len;

	if (fd < 0)
		abort();
	mkcore(description, fd);
	len = lseek(fd, 0, SEEK_END);
	ret->len = (size_t)len;
	ret->bytes = malloc(ret->len);
	if (len < 0 || ret->len > FUZZ_FILE_MAX || !ret->bytes ||
	    pread(fd, ret->bytes, ret->len, 0) != len)
		abort();
	close(fd);
}

/* The input goes to where it is added, from off on. */
static inline const char *fuzz_damaged(const struct fuzz_vmcore *vmcore,
				       size_t off, const uint8_t *data,
				       size_t size)
{
	static unsigned char bytes[FUZZ_FILE_MAX];

	memcpy(bytes, vmcore->bytes, vmcore->len);
	for (size_t i = 0; i < size && off + i < vmcore->len; i++)
		bytes[off + i] = (unsigned char)(bytes[off + i] + data[i]);
	return fuzz_file(bytes, vmcore->len);
}

#endif
