/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory for one test program, removed when it ends. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch[] = "/tmp/barecap-test-XXXXXX";

static int scratch_drop(const char *path, const struct stat *st, int type,
			struct FTW *walk)
{
	(void)st, (void)type, (void)walk;
	return remove(path);
}

static inline void scratch_remove(void)
{
	nftw(scratch, scratch_drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* The descriptor of the new directory. */
static inline int scratch_make(void)
{
	if (!mkdtemp(scratch)) {
		perror(scratch);
		exit(1);
	}
	atexit(scratch_remove);
	return open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

#endif
