/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crashed kernel's log as text, line by line as `makedumpfile
 * --dump-dmesg` prints it: "[    0.123456] text", further lines of a record
 * indented to the first one's text, unprintable bytes as \xNN (makedumpfile
 * has \xffffffNN for those above 0x7f, where char is signed).
 *
 * Two layouts are known: the printk ring buffer of 5.10 and newer
 * (dmesg-ring.c), the records of 3.5 to 5.9 (dmesg-record.c).  Both are read
 * from memory that a crash may have damaged: every length is checked, no loop
 * runs longer than the buffer is, memory is bounded by DMESG_* below.
 */
#ifndef CAPTURE_DMESG_H
#define CAPTURE_DMESG_H

#include <stddef.h>
#include <stdint.h>

#include "vmcore.h"
#include "vmcoreinfo.h"

/* log_buf_len= is at most 2 GiB in the kernel: size_bits, count_bits. */
#define DMESG_BUF_MAX (2ULL << 30)
/* Text of one record is read in pieces of this size. */
#define DMESG_PIECE_LEN 1024

/* Gets the text in pieces; 0, or -errno to stop. */
typedef int (*dmesg_sink)(void *arg, const void *buf, size_t len);

/*
 * Logs the reason and returns -ENODATA when vmcoreinfo does not say where the
 * log is, -EBADMSG when what is there is no log, -EFAULT when the vmcore does
 * not hold it, -EIO, or what the sink returned.  What was readable before the
 * failure has gone to the sink.
 */
int dmesg_write(struct vmcore *core, const struct vmcoreinfo *info,
		dmesg_sink sink, void *arg);

/* Gets a range of the crashed kernel's virtual addresses. */
typedef void (*dmesg_range)(void *arg, uint64_t addr, uint64_t len);

/* The buffers that the log is in.  Errors as above, but not logged. */
int dmesg_ranges(struct vmcore *core, const struct vmcoreinfo *info,
		 dmesg_range range, void *arg);

#endif
