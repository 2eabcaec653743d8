// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AES-GCM for mbedTLS by others: its own encrypts one block at a time.  Errors
 * are the same whoever does the work.
 */
#include <stdint.h>
#include <string.h>

#include <mbedtls/constant_time.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

#include "gcm-fast.h"
#include "gcm-stock.h"

/* NIST SP 800-38D, in bytes: 2^64 bits of IV and of AD, 2^39 - 256 of text. */
#define IV_OR_AD_MAX (UINT64_MAX >> 3)
#define TEXT_MAX ((UINT64_C(1) << 36) - 32)
#define TAG_MIN 4
#define TAG_MAX 16

struct gcm_fast {
	enum gcm_alt_code code;
	const struct gcm_fast_ops *ops;
	bool encrypt;
	uint64_t ad_len; /* so far */
	uint64_t text_len;
	_Alignas(max_align_t) uint8_t state[];
};

static const struct gcm_fast_ops *const fast_ops[] = {
	[GCM_ALT_VAES] = &gcm_vaes,
	[GCM_ALT_BEAR] = &gcm_bear,
};

enum gcm_alt_code gcm_alt_limit;

bool gcm_alt_fits(enum gcm_alt_code code)
{
	return code == GCM_ALT_STOCK || fast_ops[code]->fits();
}

enum gcm_alt_code gcm_alt_code(const mbedtls_gcm_context *ctx)
{
	return ctx->fast ? ctx->fast->code : GCM_ALT_STOCK;
}

static enum gcm_alt_code choose_code(mbedtls_cipher_id_t cipher)
{
	enum gcm_alt_code code = gcm_alt_limit;

	if (cipher != MBEDTLS_CIPHER_ID_AES)
		return GCM_ALT_STOCK;
	while (!gcm_alt_fits(code))
		code++;
	return code;
}

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
	*ctx = (mbedtls_gcm_context){ .fast = NULL };
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
	if (!ctx)
		return;
	if (ctx->fast)
		mbedtls_platform_zeroize(ctx->fast,
					 sizeof(*ctx->fast) +
						 ctx->fast->ops->state_len);
	mbedtls_free(ctx->fast);
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
	const struct gcm_fast_ops *ops;
	enum gcm_alt_code code;

	if (keybits != 128 && keybits != 192 && keybits != 256)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	mbedtls_gcm_free(ctx); /* of the key before */
	code = choose_code(cipher);
	if (code == GCM_ALT_STOCK)
		return set_stock_key(ctx, cipher, key, keybits);

	ops = fast_ops[code];
	ctx->fast = mbedtls_calloc(1, sizeof(*ctx->fast) + ops->state_len);
	if (!ctx->fast)
		return MBEDTLS_ERR_CIPHER_ALLOC_FAILED;
	ctx->fast->code = code;
	ctx->fast->ops = ops;
	ops->set_key(ctx->fast->state, key, keybits / 8);
	return 0;
}

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode,
		       const unsigned char *iv, size_t iv_len)
{
	struct gcm_fast *fast = ctx->fast;

	if (ctx->stock)
		return gcm_stock_starts(ctx->stock, mode, iv, iv_len);
	if (!fast || !iv_len || iv_len > IV_OR_AD_MAX)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	fast->encrypt = mode == MBEDTLS_GCM_ENCRYPT;
	fast->ad_len = fast->text_len = 0;
	fast->ops->start(fast->state, iv, iv_len);
	return 0;
}

int mbedtls_gcm_update_ad(mbedtls_gcm_context *ctx, const unsigned char *ad,
			  size_t ad_len)
{
	struct gcm_fast *fast = ctx->fast;

	if (ctx->stock)
		return gcm_stock_update_ad(ctx->stock, ad, ad_len);
	if (!fast || ad_len > IV_OR_AD_MAX - fast->ad_len)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	fast->ad_len += ad_len;
	if (ad_len)
		fast->ops->ad(fast->state, ad, ad_len);
	return 0;
}

static int fast_update(struct gcm_fast *fast, const unsigned char *in,
		       size_t len, unsigned char *out)
{
	/* An output that runs ahead of the input is an error in mbedTLS. */
	if (out > in && (size_t)(out - in) < len)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (len > TEXT_MAX - fast->text_len)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	fast->text_len += len;
	fast->ops->crypt(fast->state, fast->encrypt, in, out, len);
	return 0;
}

int mbedtls_gcm_update(mbedtls_gcm_context *ctx, const unsigned char *in,
		       size_t len, unsigned char *out, size_t out_size,
		       size_t *out_len)
{
	if (ctx->stock)
		return gcm_stock_update(ctx->stock, in, len, out, out_size,
					out_len);
	if (!ctx->fast)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	if (out_size < len)
		return MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL;
	*out_len = len;
	return len ? fast_update(ctx->fast, in, len, out) : 0;
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *out,
		       size_t out_size, size_t *out_len, unsigned char *tag,
		       size_t tag_len)
{
	struct gcm_fast *fast = ctx->fast;

	if (ctx->stock)
		return gcm_stock_finish(ctx->stock, out, out_size, out_len, tag,
					tag_len);
	*out_len = 0;
	if (!fast || tag_len < TAG_MIN || tag_len > TAG_MAX)
		return MBEDTLS_ERR_GCM_BAD_INPUT;
	fast->ops->tag(fast->state, fast->ad_len, fast->text_len, tag, tag_len);
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
