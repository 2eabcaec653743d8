/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mbedTLS's own AES-GCM, whose names are taken by netstream/gcm-alt.c.  The
 * functions are those of mbedtls/gcm.h; see there.
 */
#ifndef NETSTREAM_GCM_STOCK_H
#define NETSTREAM_GCM_STOCK_H

#include <stddef.h>

#include <mbedtls/cipher.h>

struct gcm_stock;

/* NULL: no memory. */
struct gcm_stock *gcm_stock_new(void);
void gcm_stock_delete(struct gcm_stock *ctx);

int gcm_stock_setkey(struct gcm_stock *ctx, mbedtls_cipher_id_t cipher,
		     const unsigned char *key, unsigned int keybits);
int gcm_stock_starts(struct gcm_stock *ctx, int mode, const unsigned char *iv,
		     size_t iv_len);
int gcm_stock_update_ad(struct gcm_stock *ctx, const unsigned char *ad,
			size_t ad_len);
int gcm_stock_update(struct gcm_stock *ctx, const unsigned char *in, size_t len,
		     unsigned char *out, size_t out_size, size_t *out_len);
int gcm_stock_finish(struct gcm_stock *ctx, unsigned char *out, size_t out_size,
		     size_t *out_len, unsigned char *tag, size_t tag_len);

#endif
