/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of bytes that may be zeros: pages of nothing but zeros are not
 * sent, and become holes of the file at the target.
 */
#ifndef CAPTURE_SPARSE_H
#define CAPTURE_SPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/object.h"

bool is_zero(const void *buf, size_t len);

/*
 * The bytes at an offset of the file: pages with content that follow each
 * other make one record.  What is zero is decided per page of the file
 * (VMCORE_PAGE_LEN).  The page at last and those behind it are sent in any
 * case, because a record has to reach the end of the file.  What was left out
 * is added to *zero_bytes.  0, or the target's error.
 */
int sparse_record(struct object *object, uint64_t off, const void *buf,
		  size_t len, uint64_t last, uint64_t *zero_bytes);

#endif
