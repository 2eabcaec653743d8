/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PATCH: bytes at the offset, spooled, checked, applied, acknowledged. */
#ifndef COLLECTOR_PATCH_H
#define COLLECTOR_PATCH_H

#include "netstream/collector/call.h"

void patch_begin(struct call *call);
void patch_data(struct call *call, const void *buf, size_t len);
void patch_end(struct call *call);

/*
 * The connection broke off: what has arrived counts, unless it was promised
 * with a checksum, which nobody can check any more.
 */
void patch_abort(struct call *call);

#endif
