/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vmcore in memory, made from the text that the test shows (the language is
 * in tests/mkvmcore.c), and the lines that were logged about it.
 */
#ifndef TESTS_UNIT_VMCORE_FILE_H
#define TESTS_UNIT_VMCORE_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/mkcore.h"

/* The vmcore's path, good until the next one is made. */
static inline const char *vmcore_file(const char *description)
{
	static char path[64];
	static int fd = -1;

	if (fd >= 0)
		close(fd);
	fd = memfd_create("vmcore", MFD_CLOEXEC);
	if (fd < 0)
		mkcore_die(NULL, "no memory for a vmcore");
	mkcore(description, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* What goes to standard error until log_taken(). */
static int log_saved = -1, log_fd = -1;

static inline void log_take(void)
{
	fflush(stderr);
	log_saved = dup(STDERR_FILENO);
	log_fd = memfd_create("log", MFD_CLOEXEC);
	if (log_saved < 0 || log_fd < 0 || dup2(log_fd, STDERR_FILENO) < 0)
		mkcore_die(NULL, "no memory for the log");
}

static inline const char *log_taken(void)
{
	static char text[4096];
	ssize_t len;

	dup2(log_saved, STDERR_FILENO);
	close(log_saved);
	len = pread(log_fd, text, sizeof(text) - 1, 0);
	close(log_fd);
	text[len > 0 ? len : 0] = '\0';
	return text;
}

#endif
