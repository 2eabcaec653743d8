/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a writer under test gave its sink, as one string.  Include it after
 * the headers of the system.
 */
#ifndef TESTS_UNIT_SINK_H
#define TESTS_UNIT_SINK_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

static char sunk[2 << 20];
static size_t sunk_len;

static inline int sink(void *arg, const void *buf, size_t len)
{
	(void)arg;
	if (len >= sizeof(sunk) - sunk_len)
		return -EFBIG;
	memcpy(sunk + sunk_len, buf, len);
	sunk_len += len;
	sunk[sunk_len] = '\0';
	return 0;
}

#endif
