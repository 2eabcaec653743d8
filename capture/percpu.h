/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-CPU areas of the crashed kernel: what crash reads before it shows
 * anything, and what no note of the vmcore names.  Their addresses come from
 * kallsyms.h, so from kernels since 6.0 with CONFIG_KALLSYMS_ALL.
 */
#ifndef CAPTURE_PERCPU_H
#define CAPTURE_PERCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/vmcore.h"
#include "capture/vmcoreinfo.h"

/* The largest CONFIG_NR_CPUS, of x86_64. */
#define PERCPU_CPUS_MAX 8192
/* Of one area; Debian's 6.12 has 0.2 MiB. */
#define PERCPU_AREA_MAX (4U << 20)
/*
 * Of a current task: struct task_struct has 9.6 KiB on x86_64 in 6.1 and 6.12,
 * 4 KiB of these for FPU registers that need not all be there, and half as
 * much on arm64.  Nothing in VMCOREINFO says how much it is.
 */
#define PERCPU_TASK_LEN (16U << 10)
/*
 * Of crash_notes: note_buf_t of kernel/crash_core.c, 368 bytes on x86_64 and
 * 424 on arm64, is allocated at a multiple of the next power of two.
 */
#define PERCPU_NOTES_LEN 512
/* Ranges of one CPU: its area, its notes, its task. */
#define PERCPU_RANGES_PER_CPU 3

/* Virtual addresses, of which not all need be mapped; false ends the walk. */
typedef bool (*percpu_range)(void *arg, uint64_t virt, uint64_t len);

/*
 * For each possible CPU, in this order:
 *   its area without what is allocated at run time
 *   its crash_notes, if outside of that (without them, crash does not believe
 *   the registers in the vmcore's own notes)
 *   the struct task_struct that was running (current_task on x86_64, pcpu_hot
 *   from 6.2 to 6.14; __entry_task on arm64)
 * The last two are left out where they cannot be found.  Addresses are in the
 * kernel's half; nothing else is known of them, they may overlap.
 *
 * -ENODATA: the kernel does not say, or has no SMP; -EBADMSG: malformed;
 * -EFAULT: not in the vmcore; or -EIO, the only one that is logged.
 */
int percpu_ranges(struct vmcore *core, const struct vmcoreinfo *info,
		  percpu_range range, void *arg);

#endif
