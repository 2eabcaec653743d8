// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Known answers.  tests/build/digest.sh runs this with the image's digest.
 */
#include "netstream/digest.h"
#include "tests/tap.h"

#define LEN_MAX 300U

/* What NIST's messages of whole blocks repeat. */
#define BLOCK "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"

static struct digest *digest;

static void finish(char hex[static DIGEST_HEX_LEN])
{
	uint8_t sum[DIGEST_LEN];

	digest_final(digest, sum);
	digest_hex(sum, hex);
}

/* The examples for FIPS 180-4, and nothing at all. */
static void knows_short_messages(void)
{
	static const struct {
		const char *text, *sum;
	} known[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039"
		  "a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		  "cf5b16a778af8380036ce59e7b049237"
		  "0b249b11e8f07a51afac45037afee9d1" },
	};
	char hex[DIGEST_HEX_LEN];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		digest_update(digest, known[i].text, strlen(known[i].text));
		finish(hex);
		CHECK_STR(hex, known[i].sum);
	}
}

static void knows_a_million_letters(void)
{
	char hex[DIGEST_HEX_LEN], letters[1000];

	memset(letters, 'a', sizeof(letters));
	for (int i = 0; i < 1000; i++)
		digest_update(digest, letters, sizeof(letters));
	finish(hex);
	CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
		       "f1809a48a497200e046d39ccc7112cd0");
}

/* Its length in bits takes more than 32. */
static void knows_a_gibibyte(void)
{
	static char blocks[64U << 10];
	char hex[DIGEST_HEX_LEN];

	for (size_t i = 0; i < sizeof(blocks); i++)
		blocks[i] = BLOCK[i % (sizeof(BLOCK) - 1)];
	for (size_t n = 0; n < 1U << 30; n += sizeof(blocks))
		digest_update(digest, blocks, sizeof(blocks));
	finish(hex);
	CHECK_STR(hex, "50e72a0e26442fe2552dc3938ac58658"
		       "228c0cbfb1d2ca872ae435266fcd055e");
}

static void update_in_pieces(const uint8_t *buf, size_t len, size_t piece)
{
	while (len > piece) {
		digest_update(digest, buf, piece);
		buf += piece;
		len -= piece;
	}
	digest_update(digest, buf, len);
}

/*
 * The sums of the first 0 to 300 bytes of a text are a text as well, and this
 * is its sum, as sha256sum says.
 */
static void check_lengths(size_t piece)
{
	uint8_t room[1 + LEN_MAX], sums[LEN_MAX + 1][DIGEST_LEN];
	uint8_t *text = room + 1; /* aligned to nothing */
	char hex[DIGEST_HEX_LEN];

	for (size_t i = 0; i < LEN_MAX; i++)
		text[i] = (uint8_t)(i * 131 + (i >> 8));
	for (size_t len = 0; len <= LEN_MAX; len++) {
		update_in_pieces(text, len, piece);
		digest_final(digest, sums[len]);
	}
	digest_update(digest, sums, sizeof(sums));
	finish(hex);
	CHECK_STR(hex, "143713df54d45288fccc458e56ba5ab5"
		       "dc4a3da0d73e6d460f32254663e0a3e4");
}

static void takes_all_lengths_in_all_pieces(void)
{
	for (size_t piece = 1; piece <= LEN_MAX; piece++)
		check_lengths(piece);
}

int main(void)
{
	digest = digest_new();
	if (!digest)
		return 1;
	RUN(knows_short_messages);
	RUN(knows_a_million_letters);
	RUN(knows_a_gibibyte);
	RUN(takes_all_lengths_in_all_pieces);
	digest_free(digest);
	return tap_done();
}
