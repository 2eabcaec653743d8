/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the running kernel, as dmesg prints it.
 *
 * Each read(2) of /dev/kmsg gives one record
 * (Documentation/ABI/testing/dev-kmsg):
 *
 *	"6,339,5140900,-;text\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n"
 *
 * level and facility, sequence, microseconds, flags; the lines behind the
 * text begin with a blank and are left out.
 */
#ifndef CAPTURE_KMSG_H
#define CAPTURE_KMSG_H

#include <stddef.h>

/* The kernel's own limit of one record (PRINTK_MESSAGE_MAX, 6.1: 8192). */
#define KMSG_RECORD_MAX 8192
/* We may write to the log that we read, so the copy needs an end. */
#define KMSG_LOG_MAX (1U << 20)

/* Gets the text in pieces; 0, or -errno to stop. */
typedef int (*kmsg_sink)(void *arg, const void *buf, size_t len);

/*
 * The line of one record, "[    5.140900] text\n", to buf.  Returns its
 * length, 0 for what is no record.
 */
size_t kmsg_format(const char *record, size_t len, char *buf, size_t size);

/*
 * All records from fd, non-blocking.  0, or -errno of a read (logged), or what
 * the sink returned.
 */
int kmsg_copy(int fd, kmsg_sink sink, void *arg);

/* The same from /dev/kmsg. */
int kmsg_write(kmsg_sink sink, void *arg);

#endif
