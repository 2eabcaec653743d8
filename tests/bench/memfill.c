// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memfill [-k] [-n COUNT] KIND:MIB|FILE... -- memory and tasks for a guest
 *
 * For each argument COUNT processes (default 1) that fill MIB MiB of memory, or
 * map a file and touch its pages, and then sleep for ever.  Returns when all
 * are ready.  With -k they are killed then, so that their pages are free and
 * keep what was in them.  The contents depend on the arguments alone.
 *
 * memfill -s DEVICE: swap on DEVICE.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_MIB 4096
#define MAX_PROCESSES 256
#define PAGE 4096

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void fill_random(uint64_t *at, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		at[i] = next_random(&seed);
}

static void fill_zero(uint64_t *at, size_t n, uint64_t seed)
{
	(void)seed;
	for (size_t i = 0; i < n; i++)
		((volatile uint64_t *)at)[i] = 0;
}

/* Words of eight bytes, so that lines and repetitions look like a log's. */
static void fill_text(uint64_t *at, size_t n, uint64_t seed)
{
	static const char words[][9] = {
		"kernel: ", "warning ",	 "address ", "mapping ",
		"task 12 ", "task 37 ",	 "device: ", "sending ",
		"0x00000",  "7f3a45c ",	 "failed; ", "request ",
		"retry 3 ", "\nJan 01 ", "00:00:0",  "finished",
	};

	for (size_t i = 0; i < n; i++)
		memcpy(&at[i], words[next_random(&seed) >> 60], 8);
}

/* Objects as an allocator lays them out: list pointers, counts, flags. */
static void fill_pointers(uint64_t *at, size_t n, uint64_t seed)
{
	uint64_t heap = 0x00007f0000000000 + (seed & 0xfff) * 0x1000000;

	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 3)
			at[i] = next_random(&seed) & 0xff;
		else
			at[i] = heap + (i & ~7UL) * 8 +
				(next_random(&seed) & 0xffff0);
	}
}

/* Every kind of object by turns, a page or a few of each, half of it zeroes. */
static void fill_heap(uint64_t *at, size_t n, uint64_t seed)
{
	const size_t run = PAGE / 8;

	for (size_t i = 0; i < n; i += run) {
		switch (next_random(&seed) & 3) {
		case 0:
			fill_text(at + i, run / 2, seed);
			break;
		case 1:
			fill_random(at + i, run / 8, seed);
			break;
		default:
			fill_pointers(at + i, run / 2, seed);
		}
	}
}

/* Memory of the kernel's own: what has been written to pipes. */
static int take_pipes(size_t mib, uint64_t seed)
{
	static uint64_t buf[(1 << 20) / 8];
	int fds[2];

	for (size_t i = 0; i < mib; i++) {
		fill_heap(buf, ARRAY_SIZE(buf), seed + i);
		if (pipe(fds) || fcntl(fds[1], F_SETPIPE_SZ, sizeof(buf)) < 0 ||
		    write(fds[1], buf, sizeof(buf)) != sizeof(buf))
			return -1;
	}
	return 0;
}

/* The same: inodes and directory entries, of 1 KiB or so each. */
static int take_files(size_t mib, uint64_t seed)
{
	char name[64];
	int fd;

	for (size_t i = 0; i < mib << 10; i++) {
		snprintf(name, sizeof(name), "/tmp/file-%zu-%llx", i,
			 (unsigned long long)next_random(&seed));
		fd = open(name, O_CREAT | O_WRONLY, 0666);
		if (fd < 0 || close(fd))
			return -1;
	}
	return 0;
}

static const struct kind {
	const char *name;
	int flags;
	int advice; /* before it is filled; 0: none */
	int advice_after;
	void (*fill)(uint64_t *at, size_t n, uint64_t seed);
	int (*take)(size_t mib, uint64_t seed); /* instead of all this */
} kinds[] = {
	{ "random", MAP_PRIVATE, MADV_NOHUGEPAGE, 0, fill_random, NULL },
	{ "text", MAP_PRIVATE, MADV_NOHUGEPAGE, 0, fill_text, NULL },
	{ "pointers", MAP_PRIVATE, MADV_NOHUGEPAGE, 0, fill_pointers, NULL },
	{ "zero", MAP_PRIVATE, MADV_NOHUGEPAGE, 0, fill_zero, NULL },
	{ "heap", MAP_PRIVATE, MADV_NOHUGEPAGE, 0, fill_heap, NULL },
	{ "thp", MAP_PRIVATE, MADV_HUGEPAGE, 0, fill_heap, NULL },
	{ "hugetlb", MAP_PRIVATE | MAP_HUGETLB, 0, 0, fill_text, NULL },
	{ "shared", MAP_SHARED, 0, 0, fill_pointers, NULL },
	{ "locked", MAP_PRIVATE | MAP_LOCKED, 0, 0, fill_heap, NULL },
	{ "pipes", 0, 0, 0, NULL, take_pipes },
	{ "files", 0, 0, 0, NULL, take_files },
	/* Written to swap; what is read again stays in the swap cache. */
	{ "swapped", MAP_PRIVATE, MADV_NOHUGEPAGE, MADV_PAGEOUT, fill_heap,
	  NULL },
	{ "poisoned", MAP_PRIVATE, MADV_NOHUGEPAGE, MADV_HWPOISON, fill_text,
	  NULL },
};

static int fill(const struct kind *kind, size_t mib, uint64_t seed)
{
	size_t len = mib << 20;
	uint8_t *at;

	if (kind->take)
		return kind->take(mib, seed);
	at = mmap(NULL, len, PROT_READ | PROT_WRITE,
		  MAP_ANONYMOUS | kind->flags, -1, 0);
	if (at == MAP_FAILED)
		return -1;
	if (kind->advice && madvise(at, len, kind->advice))
		return -1;
	kind->fill((uint64_t *)at, len / 8, seed * 0x9e3779b97f4a7c15);
	if (kind->advice_after && madvise(at, len, kind->advice_after))
		return -1;
	if (kind->advice_after == MADV_PAGEOUT) {
		for (size_t i = 0; i < len / 2; i += PAGE)
			(void)*(volatile uint8_t *)(at + i);
	}
	return 0;
}

static int map_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	const uint8_t *at;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	at = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -1;
	for (off_t i = 0; i < st.st_size; i += PAGE)
		(void)((const volatile uint8_t *)at)[i];
	return 0;
}

/* One process: never returns. */
static void live(const char *what, uint64_t seed, int ready)
{
	const char *colon = strchr(what, ':');
	int err = -1;

	if (what[0] == '/') {
		err = map_file(what);
	} else if (colon) {
		size_t mib = strtoul(colon + 1, NULL, 10);

		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (mib && mib <= MAX_MIB &&
			    !strncmp(kinds[i].name, what, colon - what) &&
			    !kinds[i].name[colon - what])
				err = fill(&kinds[i], mib, seed);
		}
	}
	if (err) {
		perror(what);
		_exit(1);
	}
	if (write(ready, "", 1) != 1)
		_exit(1);
	close(ready);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	pid_t pids[MAX_PROCESSES];
	int n = 0, count = 1, n_ready = 0, ready[2], c;
	bool end = false;
	char byte;

	while ((c = getopt(argc, argv, "kn:s:")) != -1) {
		if (c == 'k')
			end = true;
		else if (c == 'n')
			count = atoi(optarg);
		else
			return c == 's' && !swapon(optarg, 0) ? 0 : 1;
	}
	if (pipe(ready))
		return 1;
	for (int i = optind; i < argc; i++) {
		for (int j = 0; j < count && n < MAX_PROCESSES; j++) {
			pids[n] = fork();
			if (!pids[n]) {
				close(ready[0]);
				live(argv[i], i * 1000 + j + 1, ready[1]);
			}
			if (pids[n++] < 0)
				return 1;
		}
	}
	close(ready[1]);
	while (read(ready[0], &byte, 1) == 1)
		n_ready++;
	for (int i = 0; end && i < n; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	return n_ready == n ? 0 : 1;
}
