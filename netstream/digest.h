/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256: digest-nettle.c in the capture image, whose TLS library is slow at
 * it, digest-gnutls.c on the host, from the library that is linked anyway.
 */
#ifndef NETSTREAM_DIGEST_H
#define NETSTREAM_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_LEN 32
#define DIGEST_HEX_LEN (2 * DIGEST_LEN + 1)

struct digest;

/* NULL means out of memory. */
struct digest *digest_new(void);
void digest_update(struct digest *digest, const void *buf, size_t len);
/* Gives the sum of what came since digest_new() and starts again. */
void digest_final(struct digest *digest, uint8_t sum[static DIGEST_LEN]);
void digest_free(struct digest *digest);

static inline void digest_hex(const uint8_t sum[static DIGEST_LEN],
			      char hex[static DIGEST_HEX_LEN])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < DIGEST_LEN; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[2 * DIGEST_LEN] = '\0';
}

#endif
