// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include <gnutls/crypto.h>

#include "digest.h"

struct digest {
	gnutls_hash_hd_t hash;
};

struct digest *digest_new(void)
{
	struct digest *digest = malloc(sizeof(*digest));

	if (!digest)
		return NULL;
	if (gnutls_hash_init(&digest->hash, GNUTLS_DIG_SHA256) < 0) {
		free(digest);
		return NULL;
	}
	return digest;
}

void digest_update(struct digest *digest, const void *buf, size_t len)
{
	gnutls_hash(digest->hash, buf, len);
}

/* gnutls_hash_output() also sets the state back to the start. */
void digest_final(struct digest *digest, uint8_t sum[static DIGEST_LEN])
{
	gnutls_hash_output(digest->hash, sum);
}

void digest_free(struct digest *digest)
{
	if (!digest)
		return;
	gnutls_hash_deinit(digest->hash, NULL);
	free(digest);
}
