// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include <nettle/sha2.h>

#include "digest.h"

struct digest {
	struct sha256_ctx ctx;
};

struct digest *digest_new(void)
{
	struct digest *digest = malloc(sizeof(*digest));

	if (!digest)
		return NULL;
	sha256_init(&digest->ctx);
	return digest;
}

void digest_update(struct digest *digest, const void *buf, size_t len)
{
	sha256_update(&digest->ctx, len, buf);
}

/* sha256_digest() also sets the state back to the start. */
void digest_final(struct digest *digest, uint8_t sum[static DIGEST_LEN])
{
	sha256_digest(&digest->ctx, DIGEST_LEN, sum);
}

void digest_free(struct digest *digest)
{
	free(digest);
}
