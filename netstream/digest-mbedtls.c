// SPDX-License-Identifier: GPL-2.0-or-later
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <stdbool.h>
#include <stdlib.h>

#include <mbedtls/sha256.h>

#include "digest.h"
#include "sha256-x86.h"

#define BLOCK_LEN 64

/*
 * The software SHA-256 of mbedTLS 3.x cannot fail: its return values are for
 * hardware accelerators, which the image's configuration does not have.
 */
struct digest {
	mbedtls_sha256_context ctx;
	bool has_sha; /* the CPU does whole blocks */
};

struct digest *digest_new(void)
{
	struct digest *digest = malloc(sizeof(*digest));

	if (!digest)
		return NULL;
	digest->has_sha = sha256_x86_supported();
	mbedtls_sha256_init(&digest->ctx);
	mbedtls_sha256_starts(&digest->ctx, 0);
	return digest;
}

/* Counts in two 32-bit halves, as the context does. */
static void count(mbedtls_sha256_context *ctx, size_t len)
{
	uint64_t total = (uint64_t)ctx->total[1] << 32 | ctx->total[0];

	total += len;
	ctx->total[0] = (uint32_t)total;
	ctx->total[1] = (uint32_t)(total >> 32);
}

/*
 * What is not a whole block stays with mbedTLS, also the padding: its state
 * and its count are all there is to a context whose buffer is empty.
 */
void digest_update(struct digest *digest, const void *buf, size_t len)
{
	mbedtls_sha256_context *ctx = &digest->ctx;
	size_t part = ctx->total[0] % BLOCK_LEN;
	const uint8_t *p = buf;

	if (digest->has_sha && part + len >= BLOCK_LEN) {
		size_t n = part ? BLOCK_LEN - part : 0;

		mbedtls_sha256_update(ctx, p, n);
		p += n;
		len -= n;
		n = len / BLOCK_LEN;
		sha256_x86_blocks(ctx->state, p, n);
		count(ctx, n * BLOCK_LEN);
		p += n * BLOCK_LEN;
		len -= n * BLOCK_LEN;
	}
	mbedtls_sha256_update(ctx, p, len);
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
