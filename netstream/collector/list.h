/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmcollectd ls: what is in a store.  The files are the only truth. */
#ifndef COLLECTOR_LIST_H
#define COLLECTOR_LIST_H

#include <stdint.h>

/*
 * What is NULL for all sessions, "CLIENT", or "CLIENT/SESSION" for its
 * objects.  Abandoned is a session whose client was not heard of for so many
 * seconds.  Logs the reason of a failure; -ENOENT when there is no such thing.
 */
int list_store(const char *dir, const char *what, uint64_t abandoned);

#endif
