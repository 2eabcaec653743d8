// SPDX-License-Identifier: GPL-2.0-or-later
#include "sha256-x86.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define CPUID_7_EBX_SHA (1U << 29)

/* FIPS 180-4, 4.2.2: of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

bool sha256_x86_supported(void)
{
	unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;

	return __builtin_cpu_supports("sse4.1") &&
	       __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
	       (ebx & CPUID_7_EBX_SHA);
}

/*
 * The instructions want the state as (a b e f) and (c d g h), highest lane
 * first; one of them does two rounds, on the low half of the words.
 */
__attribute__((target("sha,sse4.1"))) void
sha256_x86_blocks(uint32_t state[static 8], const uint8_t *p, size_t n_blocks)
{
	const __m128i *k = (const __m128i *)round_constants;
	const __m128i swap =
		_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i dcba = _mm_loadu_si128((const __m128i *)state);
	__m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
	__m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
	__m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
	__m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
	__m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

	for (; n_blocks; n_blocks--, p += 64) {
		const __m128i abef_before = abef, cdgh_before = cdgh;
		__m128i w[4], sum;

#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			__m128i *now = &w[i & 3];

			if (i < 4) {
				*now = _mm_loadu_si128((const __m128i *)p + i);
				*now = _mm_shuffle_epi8(*now, swap);
			} else {
				*now = _mm_sha256msg1_epu32(*now,
							    w[(i + 1) & 3]);
				sum = _mm_alignr_epi8(w[(i + 3) & 3],
						      w[(i + 2) & 3], 4);
				*now = _mm_add_epi32(*now, sum);
				*now = _mm_sha256msg2_epu32(*now,
							    w[(i + 3) & 3]);
			}
			sum = _mm_add_epi32(*now, k[i]);
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
			sum = _mm_shuffle_epi32(sum, 0x0e);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, sum);
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	cdab = _mm_shuffle_epi32(abef, 0x1b);
	efgh = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(cdab, efgh, 0xf0));
	_mm_storeu_si128((__m128i *)(state + 4),
			 _mm_alignr_epi8(efgh, cdab, 8));
}

#else
bool sha256_x86_supported(void)
{
	return false;
}

void sha256_x86_blocks(uint32_t state[static 8], const uint8_t *p,
		       size_t n_blocks)
{
	(void)state, (void)p, (void)n_blocks;
}
#endif
