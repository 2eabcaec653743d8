// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MBEDTLS_GCM_ALT leaves out all of the library's gcm.c; here it is compiled
 * nevertheless, under names of its own.
 */
#include "common.h" /* of the library, with its configuration */
#undef MBEDTLS_GCM_ALT

#define mbedtls_gcm_context gcm_stock
#define mbedtls_gcm_init gcm_stock_init
#define mbedtls_gcm_setkey gcm_stock_setkey
#define mbedtls_gcm_starts gcm_stock_starts
#define mbedtls_gcm_update_ad gcm_stock_update_ad
#define mbedtls_gcm_update gcm_stock_update
#define mbedtls_gcm_finish gcm_stock_finish
#define mbedtls_gcm_crypt_and_tag gcm_stock_crypt_and_tag
#define mbedtls_gcm_auth_decrypt gcm_stock_auth_decrypt
#define mbedtls_gcm_free gcm_stock_free

#include "gcm.c"

#include "gcm-stock.h"

struct gcm_stock *gcm_stock_new(void)
{
	struct gcm_stock *ctx = mbedtls_calloc(1, sizeof(*ctx));

	if (ctx)
		gcm_stock_init(ctx);
	return ctx;
}

void gcm_stock_delete(struct gcm_stock *ctx)
{
	gcm_stock_free(ctx);
	mbedtls_free(ctx);
}
