/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The context of AES-GCM as mbedTLS has it under MBEDTLS_GCM_ALT: its gcm.h
 * includes this file by the name gcm_alt.h.  For the image only.
 *
 * BearSSL's code does the work where the CPU has the instructions that it
 * needs, mbedTLS's own (netstream/gcm-stock.c) elsewhere.
 */
#ifndef NETSTREAM_GCM_ALT_H
#define NETSTREAM_GCM_ALT_H

#include <stdbool.h>

/* One of the two is there after mbedtls_gcm_setkey(). */
typedef struct mbedtls_gcm_context {
	struct gcm_bear *bear;
	struct gcm_stock *stock;
} mbedtls_gcm_context;

/* For tests: keys set while this is true are mbedTLS's on every CPU. */
extern bool gcm_alt_stock_only;

#endif
