// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MB per CPU second of sealing TLS records in place: AES-GCM in
 * each code that the image has and this CPU is fit for, and
 * ChaCha20-Poly1305, the other cipher that vmcapture offers.  In turns,
 * medians.
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

/* A key in this code, or in the one that comes next where it does not fit. */
static void with_key(mbedtls_gcm_context *ctx, enum gcm_alt_code code)
{
	mbedtls_gcm_init(ctx);
	gcm_alt_limit = code;
	if (mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, key, 128))
		exit(1);
}

static const char *const names[] = {
	[GCM_ALT_VAES] = "AES-128-GCM, Linux",
	[GCM_ALT_BEAR] = "AES-128-GCM, BearSSL",
	[GCM_ALT_STOCK] = "AES-128-GCM, mbedTLS",
};

int main(void)
{
	static double gcm_rates[GCM_ALT_STOCK + 1][TURNS], rates[TURNS];
	mbedtls_gcm_context gcm[GCM_ALT_STOCK + 1];
	mbedtls_chachapoly_context chachapoly;
	double stock;

	for (int code = 0; code <= GCM_ALT_STOCK; code++)
		with_key(&gcm[code], (enum gcm_alt_code)code);
	mbedtls_chachapoly_init(&chachapoly);
	if (mbedtls_chachapoly_setkey(&chachapoly, key))
		return 1;
	for (int i = 0; i < TURNS; i++) {
		for (int code = 0; code <= GCM_ALT_STOCK; code++)
			gcm_rates[code][i] = turn(seal_gcm, &gcm[code]);
		rates[i] = turn(seal_chachapoly, &chachapoly);
	}
	stock = median(gcm_rates[GCM_ALT_STOCK]);
	for (int code = GCM_ALT_STOCK; code >= 0; code--) {
		double rate = median(gcm_rates[code]);

		if (gcm_alt_code(&gcm[code]) == (enum gcm_alt_code)code)
			printf("%-21s %6.0f MB per CPU second (%.1f times)\n",
			       names[code], rate, rate / stock);
		mbedtls_gcm_free(&gcm[code]);
	}
	printf("%-21s %6.0f MB per CPU second (%.1f times)\n",
	       "ChaCha20-Poly1305", median(rates), median(rates) / stock);
	return 0;
}
