// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AES-GCM for mbedTLS by BearSSL: more than ten times as fast as mbedTLS's
 * own, which encrypts one block at a time, and constant-time like it.  Errors
 * are the same in both cases.
 */
#include <stdint.h>
#include <string.h>

#include <bearssl_aead.h>
#include <mbedtls/constant_time.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

#include "gcm-stock.h"

/* NIST SP 800-38D, in bytes: 2^64 bits of IV and of AD, 2^39 - 256 of text. */
#define IV_OR_AD_MAX (UINT64_MAX >> 3)
#define TEXT_MAX ((UINT64_C(1) << 36) - 32)
#define TAG_MIN 4
#define TAG_MAX 16

struct gcm_bear {
	br_aes_x86ni_ctr_keys keys;
	br_gcm_context gcm;
	bool encrypt;
};

bool gcm_alt_stock_only;

/*
 * libgcc has asked the CPU at the start of the program.  BearSSL's own
 * functions for that (br_ghash_pclmul_get()) do it each time, and CPUID leaves
 * a virtual machine: that alone costs two thirds of the speed.
 */
static bool cpu_is_fit(void)
{
	return __builtin_cpu_supports("aes") &&
	       __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("ssse3") &&
	       __builtin_cpu_supports("sse4.1");
}

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
	*ctx = (mbedtls_gcm_context){ .bear = NULL };
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
	if (!ctx)
		return;
	if (ctx->bear)
		mbedtls_platform_zeroize(ctx->bear, sizeof(*ctx->bear));
	mbedtls_free(ctx->bear);
	if (ctx->stock)
		gcm_stock_delete(ctx->stock);
	mbedtls_gcm_init(ctx);
}

static int set_stock_key(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher,
			 const unsigned char *key, unsigned int keybits)
{
	ctx->stock = gcm_stock_new();
	if (!ctx->stock)
		return MBEDTLS_ERR_CIPHER_ALLOC_FAILED;
	return gcm_stock_setkey(ctx->stock, cipher, key, keybits);
}

int mbedtls_gcm_setkey(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher,
		       const unsigned char *key, unsigned int keybits)
{
	struct gcm_bear *bear;

	if (keybits != 128 && keybits != 192 && keybits != 256)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	mbedtls_gcm_free(ctx); /* of the key before */
	if (cipher != MBEDTLS_CIPHER_ID_AES || gcm_alt_stock_only ||
	    !cpu_is_fit())
		return set_stock_key(ctx, cipher, key, keybits);

	bear = mbedtls_calloc(1, sizeof(*bear));
	if (!bear)
		return MBEDTLS_ERR_CIPHER_ALLOC_FAILED;
	br_aes_x86ni_ctr_init(&bear->keys, key, keybits / 8);
	br_gcm_init(&bear->gcm, &bear->keys.vtable, br_ghash_pclmul);
	ctx->bear = bear;
	return 0;
}

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode,
		       const unsigned char *iv, size_t iv_len)
{
	if (ctx->stock)
		return gcm_stock_starts(ctx->stock, mode, iv, iv_len);
	if (!ctx->bear || !iv_len || iv_len > IV_OR_AD_MAX)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	ctx->bear->encrypt = mode == MBEDTLS_GCM_ENCRYPT;
	br_gcm_reset(&ctx->bear->gcm, iv, iv_len);
	return 0;
}

int mbedtls_gcm_update_ad(mbedtls_gcm_context *ctx, const unsigned char *ad,
			  size_t ad_len)
{
	if (ctx->stock)
		return gcm_stock_update_ad(ctx->stock, ad, ad_len);
	if (!ctx->bear || ad_len > IV_OR_AD_MAX - ctx->bear->gcm.count_aad)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (ad_len)
		br_gcm_aad_inject(&ctx->bear->gcm, ad, ad_len);
	return 0;
}

static int bear_update(struct gcm_bear *bear, const unsigned char *in,
		       size_t len, unsigned char *out)
{
	/* An output that runs ahead of the input is an error in mbedTLS. */
	if (out > in && (size_t)(out - in) < len)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (len > TEXT_MAX - bear->gcm.count_ctr)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (!bear->gcm.count_ctr)
		br_gcm_flip(&bear->gcm);
	/* BearSSL works in place, as TLS records do. */
	if (in != out)
		memmove(out, in, len);
	br_gcm_run(&bear->gcm, bear->encrypt, out, len);
	return 0;
}

int mbedtls_gcm_update(mbedtls_gcm_context *ctx, const unsigned char *in,
		       size_t len, unsigned char *out, size_t out_size,
		       size_t *out_len)
{
	if (ctx->stock)
		return gcm_stock_update(ctx->stock, in, len, out, out_size,
					out_len);
	if (!ctx->bear)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (out_size < len)
		return MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL;
	*out_len = len;
	return len ? bear_update(ctx->bear, in, len, out) : 0;
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *out,
		       size_t out_size, size_t *out_len, unsigned char *tag,
		       size_t tag_len)
{
	if (ctx->stock)
		return gcm_stock_finish(ctx->stock, out, out_size, out_len, tag,
					tag_len);
	*out_len = 0;
	if (!ctx->bear || tag_len < TAG_MIN || tag_len > TAG_MAX)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (!ctx->bear->gcm.count_ctr)
		br_gcm_flip(&ctx->bear->gcm);
	br_gcm_get_tag_trunc(&ctx->bear->gcm, tag, tag_len);
	return 0;
}

int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *ctx, int mode, size_t len,
			      const unsigned char *iv, size_t iv_len,
			      const unsigned char *ad, size_t ad_len,
			      const unsigned char *in, unsigned char *out,
			      size_t tag_len, unsigned char *tag)
{
	size_t out_len;
	int ret;

	ret = mbedtls_gcm_starts(ctx, mode, iv, iv_len);
	if (!ret)
		ret = mbedtls_gcm_update_ad(ctx, ad, ad_len);
	if (!ret)
		ret = mbedtls_gcm_update(ctx, in, len, out, len, &out_len);
	if (!ret)
		ret = mbedtls_gcm_finish(ctx, NULL, 0, &out_len, tag, tag_len);
	return ret;
}

int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *ctx, size_t len,
			     const unsigned char *iv, size_t iv_len,
			     const unsigned char *ad, size_t ad_len,
			     const unsigned char *tag, size_t tag_len,
			     const unsigned char *in, unsigned char *out)
{
	unsigned char sum[TAG_MAX];
	int ret;

	ret = mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_DECRYPT, len, iv,
					iv_len, ad, ad_len, in, out, tag_len,
					sum);
	if (ret)
		return ret;
	if (!mbedtls_ct_memcmp(tag, sum, tag_len))
		return 0;
	/* Nobody shall see the text of a forged message. */
	mbedtls_platform_zeroize(out, len);
	return MBEDTLS_ERR_GCM_AUTH_FAILED;
}
