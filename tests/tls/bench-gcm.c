// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MB per CPU second of sealing TLS records in place: mbedTLS's own AES-GCM,
 * the one that the image has chosen for this CPU, and what ChaCha20-Poly1305
 * does, which is the other cipher that vmcapture offers.  In turns, medians.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>

#define RECORD 16384
#define TURN_S 0.1
#define TURNS 9

static unsigned char record[RECORD], tag[16];
static const unsigned char key[32], nonce[12], ad[5];

static int seal_gcm(void *ctx)
{
	return mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_ENCRYPT, RECORD,
					 nonce, sizeof(nonce), ad, sizeof(ad),
					 record, record, sizeof(tag), tag);
}

static int seal_chachapoly(void *ctx)
{
	return mbedtls_chachapoly_encrypt_and_tag(
		ctx, RECORD, nonce, ad, sizeof(ad), record, record, tag);
}

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double turn(int (*seal)(void *), void *ctx)
{
	double start = cpu_seconds(), took;
	unsigned long n = 0;

	do {
		if (seal(ctx))
			exit(1);
		n++;
		took = cpu_seconds() - start;
	} while (took < TURN_S);
	return (double)n * RECORD / 1e6 / took;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *rates)
{
	qsort(rates, TURNS, sizeof(*rates), by_size);
	return rates[TURNS / 2];
}

int main(void)
{
	double rates[3][TURNS], stock_rate;
	mbedtls_chachapoly_context chachapoly;
	mbedtls_gcm_context stock, gcm;

	mbedtls_gcm_init(&stock);
	mbedtls_gcm_init(&gcm);
	mbedtls_chachapoly_init(&chachapoly);
	gcm_alt_stock_only = true;
	if (mbedtls_gcm_setkey(&stock, MBEDTLS_CIPHER_ID_AES, key, 128))
		return 1;
	gcm_alt_stock_only = false;
	if (mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key, 128) ||
	    mbedtls_chachapoly_setkey(&chachapoly, key))
		return 1;
	for (int i = 0; i < TURNS; i++) {
		rates[0][i] = turn(seal_gcm, &stock);
		rates[1][i] = turn(seal_gcm, &gcm);
		rates[2][i] = turn(seal_chachapoly, &chachapoly);
	}
	stock_rate = median(rates[0]);
	printf("AES-128-GCM, mbedTLS  %6.0f MB per CPU second\n"
	       "AES-128-GCM, %s  %6.0f (%.1f times)\n"
	       "ChaCha20-Poly1305     %6.0f (%.1f times)\n",
	       stock_rate, gcm.bear ? "BearSSL" : "mbedTLS", median(rates[1]),
	       median(rates[1]) / stock_rate, median(rates[2]),
	       median(rates[2]) / stock_rate);
	mbedtls_gcm_free(&stock);
	mbedtls_gcm_free(&gcm);
	return 0;
}
