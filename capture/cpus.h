/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUs of the crashed machine by their NT_PRSTATUS notes: how many there
 * were, and where their stacks are.
 */
#ifndef CAPTURE_CPUS_H
#define CAPTURE_CPUS_H

#include <stdint.h>

#include "capture/vmcore.h"

/* Gets the stack pointer of a CPU, as the crash has left it. */
typedef void (*cpu_stack)(void *arg, uint64_t sp);

/*
 * Walks the notes; stack may be NULL.  Returns the number of CPUs; what comes
 * behind a note that cannot be read is not counted.
 */
uint32_t cpus_walk(const struct vmcore *core, cpu_stack stack, void *arg);

#endif
