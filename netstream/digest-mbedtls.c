// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include <mbedtls/sha256.h>

#include "digest.h"

/*
 * The software SHA-256 of mbedTLS 3.x cannot fail: its return values are for
 * hardware accelerators, which the image's configuration does not have.
 */
struct digest {
	mbedtls_sha256_context ctx;
};

struct digest *digest_new(void)
{
	struct digest *digest = malloc(sizeof(*digest));

	if (!digest)
		return NULL;
	mbedtls_sha256_init(&digest->ctx);
	mbedtls_sha256_starts(&digest->ctx, 0);
	return digest;
}

void digest_update(struct digest *digest, const void *buf, size_t len)
{
	mbedtls_sha256_update(&digest->ctx, buf, len);
}

void digest_final(struct digest *digest, uint8_t sum[static DIGEST_LEN])
{
	mbedtls_sha256_finish(&digest->ctx, sum);
	mbedtls_sha256_starts(&digest->ctx, 0);
}

void digest_free(struct digest *digest)
{
	if (!digest)
		return;
	mbedtls_sha256_free(&digest->ctx);
	free(digest);
}
