/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures in kB from /proc/meminfo and /proc/self/status. */
#ifndef NETSTREAM_PROCFS_H
#define NETSTREAM_PROCFS_H

#include <stdint.h>

/* The line "KEY:  N kB" of a text; 0 without it. */
uint64_t procfs_value(const char *text, const char *key);

uint64_t meminfo_kb(const char *key); /* "MemAvailable" */
uint64_t peak_rss_kb(void); /* VmHWM of this process */

#endif
