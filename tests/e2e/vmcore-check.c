// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a program may expect of /proc/vmcore with device dumps in it, besides
 * the bytes; run in the capture kernel, before vmcapture.  A line for each in
 * the kernel's log:
 *
 *	size	stat() from before the file was opened and its headers agree
 *	mmap	the notes of a dump without a buffer cannot be mapped: ENODEV
 *	race	two threads, of which one reads notes into memory that it has
 *		not touched yet while the other maps, both get on
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH "/proc/vmcore"
#define WINDOW (1UL << 20)
#define RACE_SECONDS 3

static int fd;
static volatile unsigned long n_reads, n_maps;

static void say(const char *what, const char *result)
{
	char line[128];
	int log = open("/dev/kmsg", O_WRONLY);
	int len = snprintf(line, sizeof(line), "<5>vmcore-check: %s: %s\n",
			   what, result);

	if (log < 0 || write(log, line, (size_t)len) != len)
		perror("/dev/kmsg");
	close(log);
}

/* The end of the last segment; *notes is where the notes begin. */
static uint64_t end_of_segments(uint64_t *notes)
{
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr;
	uint64_t end = 0;

	if (pread(fd, &ehdr, sizeof(ehdr), 0) != sizeof(ehdr))
		return 0;
	for (int i = 0; i < ehdr.e_phnum; i++) {
		off_t off = (off_t)(ehdr.e_phoff + (uint64_t)i * sizeof(phdr));

		if (pread(fd, &phdr, sizeof(phdr), off) != sizeof(phdr))
			return 0;
		if (phdr.p_type == PT_NOTE)
			*notes = phdr.p_offset;
		if (end < phdr.p_offset + phdr.p_filesz)
			end = phdr.p_offset + phdr.p_filesz;
	}
	return (end + 4095) & ~4095ULL;
}

static void *reader(void *notes)
{
	off_t off = *(const off_t *)notes;

	for (;;) {
		void *fresh = mmap(NULL, WINDOW, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (fresh != MAP_FAILED && pread(fd, fresh, WINDOW, off) > 0)
			n_reads++;
		munmap(fresh, WINDOW);
	}
	return NULL;
}

static void *mapper(void *last)
{
	for (;;) {
		void *map = mmap(NULL, WINDOW, PROT_READ, MAP_PRIVATE, fd,
				 *(const off_t *)last);

		if (map == MAP_FAILED)
			continue;
		n_maps++;
		munmap(map, WINDOW);
	}
	return NULL;
}

static void check_race(off_t notes, off_t last)
{
	unsigned long reads, maps;
	pthread_t thread;

	pthread_create(&thread, NULL, reader, &notes);
	pthread_create(&thread, NULL, mapper, &last);
	sleep(RACE_SECONDS);
	reads = n_reads;
	maps = n_maps;
	sleep(RACE_SECONDS);
	say("race", n_reads > reads && n_maps > maps ? "both get on" : "stuck");
}

int main(void)
{
	uint64_t end, notes = 0;
	struct stat before;
	void *map;

	if (stat(PATH, &before) < 0)
		return 1;
	fd = open(PATH, O_RDONLY);
	if (fd < 0)
		return 1;
	end = end_of_segments(&notes);
	say("size", (uint64_t)before.st_size == end ? "right" : "wrong");

	map = mmap(NULL, WINDOW, PROT_READ, MAP_PRIVATE, fd, (off_t)notes);
	say("mmap", map == MAP_FAILED ? strerror(errno) : "mapped");
	check_race((off_t)notes, (off_t)((end - WINDOW) & ~4095ULL));
	/* Threads that are stuck in the kernel would not end. */
	fflush(NULL);
	_exit(0);
}
