// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/sha256-x86.o netstream/digest-gnutls.o
#include "../../netstream/digest.h"
#include "../../netstream/io.h"
#include "../../netstream/sha256-x86.h"
#include "../tap.h"

#define BLOCK_LEN 64
#define MAX_BLOCKS 70

static const uint32_t start[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

/* Whole blocks, then a block of padding, as SHA-256 ends. */
static void finish(uint32_t state[8], uint64_t len, uint8_t sum[DIGEST_LEN])
{
	uint8_t padding[BLOCK_LEN] = { 0x80 };

	put_be64(padding + 56, len * 8);
	sha256_x86_blocks(state, padding, 1);
	for (int i = 0; i < 8; i++) {
		sum[4 * i] = (uint8_t)(state[i] >> 24);
		sum[4 * i + 1] = (uint8_t)(state[i] >> 16);
		sum[4 * i + 2] = (uint8_t)(state[i] >> 8);
		sum[4 * i + 3] = (uint8_t)state[i];
	}
}

static void equals_the_library_for_every_number_of_blocks(void)
{
	static uint8_t data[MAX_BLOCKS * BLOCK_LEN + 1];
	struct digest *digest = digest_new();
	uint64_t x = 88172645463325252;

	for (size_t i = 0; i < sizeof(data); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		data[i] = (uint8_t)x;
	}
	for (size_t n = 0; n <= MAX_BLOCKS; n++) {
		uint8_t want[DIGEST_LEN], got[DIGEST_LEN];
		uint32_t state[8];

		/* Off by one: nothing is aligned. */
		memcpy(state, start, sizeof(state));
		sha256_x86_blocks(state, data + 1, n / 2);
		sha256_x86_blocks(state, data + 1 + n / 2 * BLOCK_LEN,
				  n - n / 2);
		finish(state, n * BLOCK_LEN, got);
		digest_update(digest, data + 1, n * BLOCK_LEN);
		digest_final(digest, want);
		CHECK_MEM(got, want, DIGEST_LEN);
	}
	digest_free(digest);
}

static void starts_again_after_a_sum(void)
{
	struct digest *digest = digest_new();
	uint8_t sum[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];

	digest_update(digest, "garbage", 7);
	digest_final(digest, sum);
	digest_update(digest, "a", 1);
	digest_update(digest, "bc", 2);
	digest_final(digest, sum);
	digest_hex(sum, hex);
	CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223"
		       "b00361a396177a9cb410ff61f20015ad");
	digest_free(digest);
	digest_free(NULL);
}

int main(void)
{
	if (sha256_x86_supported())
		RUN(equals_the_library_for_every_number_of_blocks);
	else
		printf("ok %d - equals the library # SKIP no SHA "
		       "instructions\n",
		       ++tap_count);
	RUN(starts_again_after_a_sum);
	return tap_done();
}
