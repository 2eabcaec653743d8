/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a dump of a vmcore that was cut off: its first bytes.  Those of
 * the kdump format are written last, so an unfinished file has none; the
 * client has promised them in session.json (vmcore.header of netstream(5)),
 * and they say that the dump is incomplete.  An ELF file has had its own from
 * the start, and gets the mark that crash and makedumpfile know.
 *
 * A client wrote all of this: what is taken is a header, no longer than the
 * block that belongs to it, and nothing else.
 */
#ifndef COLLECTOR_VMCORE_HEAD_H
#define COLLECTOR_VMCORE_HEAD_H

#include <stddef.h>
#include <stdint.h>

#define VMCORE_HEAD_MAX 4096

struct vmcore_head {
	uint8_t bytes[VMCORE_HEAD_MAX]; /* for offset 0 */
	size_t len;
	uint64_t need; /* bytes that the file must have to be a dump */
};

/* -EBADMSG: no such promise, or not of a header that can be believed. */
int vmcore_head_kdump(struct vmcore_head *head, const char *session_json);

/* Of the first bytes of the file itself; -EBADMSG: not a core file's. */
int vmcore_head_elf(struct vmcore_head *head, const uint8_t *buf, size_t len);

/* By the format that session.json names; fd is that of the unfinished file. */
int vmcore_head(struct vmcore_head *head, const char *session_json, int fd);

#endif
