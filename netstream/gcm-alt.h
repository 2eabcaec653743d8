/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The context of AES-GCM as mbedTLS has it under MBEDTLS_GCM_ALT: its gcm.h
 * includes this file by the name gcm_alt.h.  For the image only.
 *
 * The fastest code that the CPU has the instructions for does the work.
 */
#ifndef NETSTREAM_GCM_ALT_H
#define NETSTREAM_GCM_ALT_H

#include <stdbool.h>

/* The fastest first. */
enum gcm_alt_code {
	GCM_ALT_VAES, /* the Linux kernel's, netstream/gcm-vaes.c */
	GCM_ALT_BEAR, /* BearSSL's, netstream/gcm-bear.c */
	GCM_ALT_STOCK, /* mbedTLS's own, netstream/gcm-stock.c */
};

/* One of the two is there after mbedtls_gcm_setkey(). */
typedef struct mbedtls_gcm_context {
	struct gcm_fast *fast;
	struct gcm_stock *stock;
} mbedtls_gcm_context;

/* Has this CPU the instructions for it? */
bool gcm_alt_fits(enum gcm_alt_code code);

/* For tests: keys that are set get this code or a slower one. */
extern enum gcm_alt_code gcm_alt_limit;

/* That of a context with a key. */
enum gcm_alt_code gcm_alt_code(const struct mbedtls_gcm_context *ctx);

#endif
