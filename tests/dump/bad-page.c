// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For LD_PRELOAD: a page of a file that cannot be read, as one of /proc/vmcore
 * that is poisoned or that its hypervisor has taken away.  BAD_FILE names the
 * file, BAD_OFFSET is in the page: what it overlaps can neither be read nor
 * mapped (read_vmcore() and mmap_vmcore() of fs/proc/vmcore.c give up whole).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE_LEN 4096

static bool is_bad(int fd, size_t len, off_t off)
{
	const char *path = getenv("BAD_FILE"), *at = getenv("BAD_OFFSET");
	struct stat a, b;
	uint64_t page;

	if (!path || !at || fd < 0 || fstat(fd, &a) || stat(path, &b) ||
	    a.st_ino != b.st_ino || a.st_dev != b.st_dev)
		return false;
	page = strtoull(at, NULL, 0) & ~(uint64_t)(PAGE_LEN - 1);
	return (uint64_t)off < page + PAGE_LEN && page < (uint64_t)off + len;
}

ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	if (is_bad(fd, len, off)) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, buf, len, off);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	if (!(flags & MAP_ANONYMOUS) && is_bad(fd, len, off)) {
		errno = EAGAIN;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}
