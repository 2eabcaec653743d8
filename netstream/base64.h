/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 with padding (RFC 4648, section 4). */
#ifndef NETSTREAM_BASE64_H
#define NETSTREAM_BASE64_H

#include <stddef.h>

#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Out has room for BASE64_LEN(len) and a NUL; returns the former. */
size_t base64(char *out, const void *data, size_t len);

#endif
