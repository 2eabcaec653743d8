// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure FILE COMMAND [ARGUMENT...] -- runs it and writes to FILE
 *
 *	WALL CPU RSS
 *
 * seconds, user and system seconds together, KiB.  Exits as COMMAND did.
 *
 * The kernel hands the peak of a process on to what it executes: so this
 * program is static and small, and vfork()s (posix_spawn() does).
 */
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double seconds(struct timeval tv)
{
	return tv.tv_sec + tv.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double start, wall;
	int status, err;
	pid_t pid;
	FILE *out;

	if (argc < 3) {
		fprintf(stderr, "usage: measure FILE COMMAND...\n");
		return 64;
	}
	start = now();
	err = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
	if (err || wait4(pid, &status, 0, &usage) != pid)
		return 71;
	wall = now() - start;
	out = fopen(argv[1], "w");
	if (!out)
		return 73;
	fprintf(out, "%.4f %.4f %ld\n", wall,
		seconds(usage.ru_utime) + seconds(usage.ru_stime),
		usage.ru_maxrss);
	if (fclose(out))
		return 73;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
