// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The image's AES-GCM (netstream/gcm-alt.c) against mbedTLS's own, with the
 * image's libraries, in each code that this machine's CPU is fit for.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/gcm.h>

#include "../tap.h"

#define CASES 3000
#define LEN_MAX 17000
#define AD_MAX 600
#define IV_MAX 80
#define TAG_MAX 16
#define SHIFT_MAX 40
#define CANARY 0xa5

struct sample {
	unsigned char key[32], iv[IV_MAX], ad[AD_MAX], text[LEN_MAX];
	unsigned int keybits;
	size_t iv_len, ad_len, len, tag_len;
	int mode;
};

static struct sample sample;
static enum gcm_alt_code code; /* that is tested */
static unsigned char want[LEN_MAX], want_tag[TAG_MAX];
static unsigned char got[LEN_MAX + SHIFT_MAX], got_tag[TAG_MAX];
static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64: the cases are the same in each run */
static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* 0 to max, as often small as not */
static size_t up_to(size_t max)
{
	if (max > 80 && any() >> 63)
		max = 80;
	return (any() >> 16) % (max + 1);
}

static void fill(unsigned char *buf, size_t len)
{
	while (len--)
		*buf++ = (unsigned char)(any() >> 32);
}

static void next_sample(void)
{
	sample.keybits = 128 + 64 * (unsigned int)up_to(2);
	sample.mode = any() >> 63 ? MBEDTLS_GCM_ENCRYPT : MBEDTLS_GCM_DECRYPT;
	sample.iv_len = any() >> 63 ? 12 : 1 + up_to(IV_MAX - 1);
	sample.ad_len = up_to(AD_MAX);
	sample.len = up_to(LEN_MAX);
	sample.tag_len = 4 + up_to(TAG_MAX - 4);
	fill(sample.key, sizeof(sample.key));
	fill(sample.iv, sample.iv_len);
	fill(sample.ad, sample.ad_len);
	fill(sample.text, sample.len);
}

static int set_key(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher,
		   unsigned int keybits, enum gcm_alt_code limit)
{
	int ret;

	gcm_alt_limit = limit;
	ret = mbedtls_gcm_setkey(ctx, cipher, sample.key, keybits);
	gcm_alt_limit = GCM_ALT_VAES;
	return ret;
}

/* A context with the sample's key. */
static void with_key(mbedtls_gcm_context *ctx, enum gcm_alt_code limit)
{
	mbedtls_gcm_init(ctx);
	CHECK_INT(set_key(ctx, MBEDTLS_CIPHER_ID_AES, sample.keybits, limit),
		  0);
	CHECK_INT(gcm_alt_code(ctx), limit);
}

static int whole(mbedtls_gcm_context *ctx, const unsigned char *in,
		 unsigned char *out, unsigned char *tag)
{
	return mbedtls_gcm_crypt_and_tag(
		ctx, sample.mode, sample.len, sample.iv, sample.iv_len,
		sample.ad, sample.ad_len, in, out, sample.tag_len, tag);
}

/* What mbedTLS's own code makes of the sample: want and want_tag. */
static void ask_stock(void)
{
	mbedtls_gcm_context ctx;

	with_key(&ctx, GCM_ALT_STOCK);
	memset(want_tag, CANARY, sizeof(want_tag));
	CHECK_INT(whole(&ctx, sample.text, want, want_tag), 0);
	mbedtls_gcm_free(&ctx);
}

static void check_result(const unsigned char *out)
{
	CHECK_MEM(out, want, sample.len);
	CHECK_MEM(got_tag, want_tag, sizeof(want_tag));
	if (tap_bad)
		printf("# key %u bits, IV %zu, AD %zu, text %zu, tag %zu\n",
		       sample.keybits, sample.iv_len, sample.ad_len, sample.len,
		       sample.tag_len);
}

/* Of /proc/cpuinfo, which the code has not read. */
static bool cpu_has(const char *flag)
{
	static char line[16384];
	FILE *file = fopen("/proc/cpuinfo", "re");
	bool has = false;
	char *word;

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file) && strncmp(line, "flags", 5))
		;
	fclose(file);
	for (word = strtok(line, " \n"); word && !has;
	     word = strtok(NULL, " \n"))
		has = !strcmp(word, flag);
	return has;
}

static void chooses_by_the_cpu(void)
{
	bool bear = cpu_has("aes") && cpu_has("pclmulqdq");
	bool vaes = bear && cpu_has("vaes") && cpu_has("avx512bw");
	mbedtls_gcm_context ctx;

	CHECK_INT(gcm_alt_fits(GCM_ALT_VAES), vaes);
	CHECK_INT(gcm_alt_fits(GCM_ALT_BEAR), bear);
	next_sample();
	with_key(&ctx, vaes   ? GCM_ALT_VAES
		       : bear ? GCM_ALT_BEAR
			      : GCM_ALT_STOCK);
	CHECK_INT(!!ctx.fast, bear);
	CHECK_INT(!ctx.stock, bear);
	CHECK_INT(set_key(&ctx, MBEDTLS_CIPHER_ID_AES, sample.keybits,
			  GCM_ALT_STOCK),
		  0);
	CHECK(!ctx.fast);
	CHECK(ctx.stock);
	mbedtls_gcm_free(&ctx);
	CHECK(!ctx.fast && !ctx.stock);
	mbedtls_gcm_free(NULL);
}

/* Case 4 of McGrew and Viega, "The Galois/Counter Mode of Operation". */
static void agrees_with_the_specification(void)
{
	static const unsigned char key[] = "\xfe\xff\xe9\x92\x86\x65\x73\x1c"
					   "\x6d\x6a\x8f\x94\x67\x30\x83\x08";
	static const unsigned char iv[] = "\xca\xfe\xba\xbe\xfa\xce\xdb\xad"
					  "\xde\xca\xf8\x88";
	static const unsigned char ad[] = "\xfe\xed\xfa\xce\xde\xad\xbe\xef"
					  "\xfe\xed\xfa\xce\xde\xad\xbe\xef"
					  "\xab\xad\xda\xd2";
	static const unsigned char text[] = "\xd9\x31\x32\x25\xf8\x84\x06\xe5"
					    "\xa5\x59\x09\xc5\xaf\xf5\x26\x9a"
					    "\x86\xa7\xa9\x53\x15\x34\xf7\xda"
					    "\x2e\x4c\x30\x3d\x8a\x31\x8a\x72"
					    "\x1c\x3c\x0c\x95\x95\x68\x09\x53"
					    "\x2f\xcf\x0e\x24\x49\xa6\xb5\x25"
					    "\xb1\x6a\xed\xf5\xaa\x0d\xe6\x57"
					    "\xba\x63\x7b\x39";
	static const unsigned char out[] = "\x42\x83\x1e\xc2\x21\x77\x74\x24"
					   "\x4b\x72\x21\xb7\x84\xd0\xd4\x9c"
					   "\xe3\xaa\x21\x2f\x2c\x02\xa4\xe0"
					   "\x35\xc1\x7e\x23\x29\xac\xa1\x2e"
					   "\x21\xd5\x14\xb2\x54\x66\x93\x1c"
					   "\x7d\x8f\x6a\x5a\xac\x84\xaa\x05"
					   "\x1b\xa3\x0b\x39\x6a\x0a\xac\x97"
					   "\x3d\x58\xe0\x91";
	static const unsigned char tag[] = "\x5b\xc9\x4f\xbc\x32\x21\xa5\xdb"
					   "\x94\xfa\xe9\x5a\xe7\x12\x1a\x47";

	memcpy(sample.key, key, 16);
	sample.keybits = 128;
	for (int i = 0; i < 2; i++) {
		mbedtls_gcm_context ctx;

		with_key(&ctx, i ? GCM_ALT_STOCK : code);
		CHECK_INT(mbedtls_gcm_crypt_and_tag(
				  &ctx, MBEDTLS_GCM_ENCRYPT, 60, iv, 12, ad, 20,
				  text, got, sizeof(got_tag), got_tag),
			  0);
		CHECK_MEM(got, out, 60);
		CHECK_MEM(got_tag, tag, 16);
		mbedtls_gcm_free(&ctx);
	}
}

static void equals_stock(void)
{
	for (int i = 0; i < CASES && !tap_bad; i++) {
		mbedtls_gcm_context ctx;

		next_sample();
		ask_stock();
		with_key(&ctx, code);
		memset(got_tag, CANARY, sizeof(got_tag));
		memset(got, CANARY, sizeof(got));
		CHECK_INT(whole(&ctx, sample.text, got, got_tag), 0);
		CHECK_INT(got[sample.len], CANARY);
		check_result(got);
		mbedtls_gcm_free(&ctx);
	}
}

/* Input and output are the same, or the output is a little before it. */
static void equals_stock_in_place(void)
{
	for (int i = 0; i < CASES && !tap_bad; i++) {
		size_t shift = i % 2 ? 1 + up_to(SHIFT_MAX - 1) : 0;
		mbedtls_gcm_context ctx;

		next_sample();
		ask_stock();
		with_key(&ctx, code);
		memset(got_tag, CANARY, sizeof(got_tag));
		memcpy(got + shift, sample.text, sample.len);
		CHECK_INT(whole(&ctx, got + shift, got, got_tag), 0);
		check_result(got);
		mbedtls_gcm_free(&ctx);
	}
}

/* The same key for two messages, each in pieces, empty ones among them. */
static void in_pieces(mbedtls_gcm_context *ctx)
{
	size_t done, n, out_len;

	CHECK_INT(
		mbedtls_gcm_starts(ctx, sample.mode, sample.iv, sample.iv_len),
		0);
	for (done = 0; done < sample.ad_len; done += n) {
		n = up_to(sample.ad_len - done);
		CHECK_INT(mbedtls_gcm_update_ad(ctx, sample.ad + done, n), 0);
	}
	CHECK_INT(mbedtls_gcm_update(ctx, NULL, 0, NULL, 0, &out_len), 0);
	for (done = 0; done < sample.len; done += n) {
		n = up_to(sample.len - done);
		CHECK_INT(mbedtls_gcm_update(ctx, sample.text + done, n,
					     got + done, n, &out_len),
			  0);
		CHECK_INT(out_len, n);
	}
	CHECK_INT(mbedtls_gcm_finish(ctx, NULL, 0, &out_len, got_tag,
				     sample.tag_len),
		  0);
	CHECK_INT(out_len, 0);
}

static void equals_stock_in_pieces(void)
{
	for (int i = 0; i < CASES / 2 && !tap_bad; i++) {
		mbedtls_gcm_context ctx, moved;

		next_sample();
		ask_stock();
		with_key(&ctx, code);
		for (int message = 0; message < 2; message++) {
			memset(got_tag, CANARY, sizeof(got_tag));
			in_pieces(&ctx);
			check_result(got);
		}
		/* Users may copy a context, as long as they free one. */
		memcpy(&moved, &ctx, sizeof(ctx));
		memset(&ctx, CANARY, sizeof(ctx));
		in_pieces(&moved);
		check_result(got);
		mbedtls_gcm_free(&moved);
	}
}

/* This IV of 8 bytes starts the 32-bit counter 37 blocks before its end. */
static void equals_stock_when_the_counter_wraps(void)
{
	static const unsigned char iv[] = "\xec\xfe\x3a\x02\0\0\0\0";

	for (size_t len = 500; len < 2000 && !tap_bad; len += 61) {
		mbedtls_gcm_context ctx;

		next_sample();
		for (unsigned char i = 0; i < 16; i++)
			sample.key[i] = i;
		sample.keybits = 128;
		sample.iv_len = 8;
		memcpy(sample.iv, iv, sample.iv_len);
		fill(sample.text, len);
		sample.len = len;
		ask_stock();
		with_key(&ctx, code);
		memset(got_tag, CANARY, sizeof(got_tag));
		CHECK_INT(whole(&ctx, sample.text, got, got_tag), 0);
		check_result(got);
		mbedtls_gcm_free(&ctx);
	}
}

static int decrypt(mbedtls_gcm_context *ctx)
{
	memset(got, CANARY, sizeof(got));
	return mbedtls_gcm_auth_decrypt(ctx, sample.len, sample.iv,
					sample.iv_len, sample.ad, sample.ad_len,
					want_tag, sample.tag_len, want, got);
}

static void refuses_one_changed_bit(mbedtls_gcm_context *ctx,
				    unsigned char *buf, size_t len)
{
	static const unsigned char zero[LEN_MAX];
	unsigned char bit = (unsigned char)(1 << up_to(7));
	size_t at;

	if (!len)
		return;
	at = up_to(len - 1);
	buf[at] ^= bit;
	CHECK_INT(decrypt(ctx), MBEDTLS_ERR_GCM_AUTH_FAILED);
	CHECK_MEM(got, zero, sample.len);
	CHECK_INT(got[sample.len], CANARY);
	buf[at] ^= bit;
}

static void refuses_what_is_forged(void)
{
	for (int i = 0; i < CASES / 3 && !tap_bad; i++) {
		mbedtls_gcm_context ctx;

		next_sample();
		sample.mode = MBEDTLS_GCM_ENCRYPT;
		/* 32 bits let one in 4 billion through: not in these cases. */
		ask_stock();
		with_key(&ctx, i % 8 == 0 ? GCM_ALT_STOCK : code);
		CHECK_INT(decrypt(&ctx), 0);
		CHECK_MEM(got, sample.text, sample.len);
		refuses_one_changed_bit(&ctx, want_tag, sample.tag_len);
		refuses_one_changed_bit(&ctx, want, sample.len);
		refuses_one_changed_bit(&ctx, sample.ad, sample.ad_len);
		refuses_one_changed_bit(&ctx, sample.iv, sample.iv_len);
		CHECK_INT(decrypt(&ctx), 0);
		mbedtls_gcm_free(&ctx);
	}
}

static void fails_as_stock_does(void)
{
	const unsigned char *iv = sample.iv, *text = sample.text;

	for (int i = 0; i < 2; i++) {
		enum gcm_alt_code of = i ? GCM_ALT_STOCK : code;
		mbedtls_gcm_context ctx;
		size_t n = 0;

		mbedtls_gcm_init(&ctx);
		CHECK_INT(mbedtls_gcm_starts(&ctx, 1, iv, 12),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(set_key(&ctx, MBEDTLS_CIPHER_ID_AES, 100, of),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(set_key(&ctx, MBEDTLS_CIPHER_ID_ARIA, 128, of),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(set_key(&ctx, MBEDTLS_CIPHER_ID_AES, 128, of), 0);
		CHECK_INT(mbedtls_gcm_starts(&ctx, 1, iv, 0),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(mbedtls_gcm_starts(&ctx, 1, iv, 12), 0);
		CHECK_INT(mbedtls_gcm_update_ad(&ctx, text, 5), 0);
		CHECK_INT(mbedtls_gcm_update_ad(&ctx, text, SIZE_MAX - 2),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(mbedtls_gcm_update_ad(&ctx, text, SIZE_MAX / 8),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(mbedtls_gcm_update(&ctx, text, 32, got, 31, &n),
			  MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL);
		CHECK_INT(mbedtls_gcm_update(&ctx, got, 32, got + 31, 32, &n),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(mbedtls_gcm_update(&ctx, got, 0xfffffffe1, got,
					     SIZE_MAX, &n),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(mbedtls_gcm_finish(&ctx, NULL, 0, &n, got, 3),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		CHECK_INT(mbedtls_gcm_finish(&ctx, NULL, 0, &n, got, 17),
			  MBEDTLS_ERR_GCM_BAD_INPUT);
		mbedtls_gcm_free(&ctx);
	}
}

int main(void)
{
	RUN(chooses_by_the_cpu);
	for (code = GCM_ALT_VAES; code < GCM_ALT_STOCK; code++) {
		if (!gcm_alt_fits(code)) {
			printf("# this CPU is not fit for code %d\n", code);
			continue;
		}
		RUN(agrees_with_the_specification);
		RUN(equals_stock);
		RUN(equals_stock_in_place);
		RUN(equals_stock_in_pieces);
		RUN(equals_stock_when_the_counter_wraps);
		RUN(refuses_what_is_forged);
		RUN(fails_as_stock_does);
	}
	return tap_done();
}
