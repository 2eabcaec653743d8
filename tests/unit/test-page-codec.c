// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <lzo/lzo1x.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/page-codec.h"
#include "tests/tap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_MAX (64U << 10)
#define GUARD 0xa5

static const size_t page_lens[] = { 4096, 16384, PAGE_MAX };

static const char *const choices[] = {
	"lzo",	     "zlib:1",	"zlib:4",  "zlib:6",  "zlib:9",
	"zstd:-100", "zstd:-1", "zstd:1",  "zstd:3",  "zstd:5",
	"zstd:9",    "zstd:12", "zstd:15", "zstd:22",
};

enum kind {
	ZEROS,
	TEXT,
	LETTERS,
	POINTERS,
	REPEATS,
	HALF_RANDOM,
	RANDOM,
	LAST_BYTE,
	N_KINDS,
};

static unsigned char pages[N_KINDS][PAGE_MAX];
static unsigned char out[2 * PAGE_MAX], other[2 * PAGE_MAX], back[PAGE_MAX];
static uint64_t seed = 1;

static unsigned int next_random(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(seed >> 33);
}

static void fill_words(unsigned char *page)
{
	static const char *const words[] = { "panic ",	  "kernel ",	"page ",
					     "usb 1-1: ", "[    0.0] ", "\n" };
	size_t n;

	for (size_t at = 0; at < PAGE_MAX; at += n) {
		const char *word = words[next_random() % ARRAY_SIZE(words)];

		n = strlen(word);
		if (n > PAGE_MAX - at)
			n = PAGE_MAX - at;
		memcpy(page + at, word, n);
	}
}

/* List heads, counters and flags: what most pages of a kernel look like. */
static void fill_pointers(unsigned char *page)
{
	for (size_t at = 0; at < PAGE_MAX; at += 8) {
		uint64_t word = next_random() % 4 ? 0 : next_random() % 100;

		if (next_random() % 3 == 0)
			word = 0xffff888000000000 + (next_random() & ~7U);
		memcpy(page + at, &word, sizeof(word));
	}
}

static void fill_pages(void)
{
	fill_words(pages[TEXT]);
	fill_pointers(pages[POINTERS]);
	for (size_t i = 0; i < PAGE_MAX; i++) {
		pages[RANDOM][i] = (unsigned char)next_random();
		pages[LETTERS][i] = (unsigned char)('a' + next_random() % 26);
		pages[REPEATS][i] = pages[RANDOM][i % 1021];
		if (i % 4096 < 2048)
			pages[HALF_RANDOM][i] = (unsigned char)next_random();
	}
	for (size_t i = 0; i < ARRAY_SIZE(page_lens); i++)
		pages[LAST_BYTE][page_lens[i] - 1] = (unsigned char)(i + 1);
}

static struct page_codec_state *state_of(size_t page_len)
{
	struct page_codec_state *state = NULL;

	CHECK_INT(page_codec_new(&state, page_len), 0);
	return state;
}

static struct codec_choice choice_of(const char *text)
{
	struct codec_choice choice = { 0 };

	CHECK_INT(codec_parse(&choice, text), 0);
	return choice;
}

static size_t packed(struct page_codec_state *state, const char *choice,
		     const void *page, void *to)
{
	struct codec_choice chosen = choice_of(choice);
	size_t len = SIZE_MAX;

	CHECK_INT(page_compress(state, &chosen, page, to, &len), 0);
	return len;
}

/* As the readers of dumps do: the flag says how, the page size how much. */
static bool decompress(uint32_t flag, size_t len, size_t page_len)
{
	lzo_uint lzo_len = page_len;
	uLongf zlib_len = page_len;

	memset(back, GUARD, sizeof(back));
	switch (flag) {
	case PAGE_LZO:
		return lzo1x_decompress_safe(out, len, back, &lzo_len, NULL) ==
			       LZO_E_OK &&
		       lzo_len == page_len;
	case PAGE_ZLIB:
		return uncompress(back, &zlib_len, out, len) == Z_OK &&
		       zlib_len == page_len;
	case PAGE_ZSTD:
		return ZSTD_getFrameContentSize(out, len) == page_len &&
		       ZSTD_findFrameCompressedSize(out, len) == len &&
		       ZSTD_decompress(back, page_len, out, len) == page_len;
	default:
		return false;
	}
}

static void every_page_comes_back(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(page_lens); p++) {
		struct page_codec_state *state = state_of(page_lens[p]);

		for (size_t i = 0; i < ARRAY_SIZE(choices) * N_KINDS; i++) {
			const char *choice = choices[i / N_KINDS];
			const unsigned char *page = pages[i % N_KINDS];
			struct codec_choice chosen = choice_of(choice);
			size_t len = packed(state, choice, page, out);

			CHECK(len < page_lens[p]);
			if (i % N_KINDS == RANDOM)
				CHECK_INT(len, 0);
			if (!len)
				continue;
			CHECK(decompress(codec_flag(chosen.codec), len,
					 page_lens[p]));
			CHECK_MEM(back, page, page_lens[p]);
		}
		page_codec_free(state);
	}
}

/* Per mille of a page of 4 KiB, a little above what it is. */
static void pages_become_smaller(void)
{
	static const struct {
		const char *choice;
		enum kind kind;
		size_t at_most;
	} cases[] = {
		{ "lzo", ZEROS, 20 },	     { "lzo", TEXT, 450 },
		{ "zlib:1", ZEROS, 20 },     { "zlib:1", TEXT, 250 },
		{ "zstd:-1", TEXT, 300 },    { "zstd:1", ZEROS, 20 },
		{ "zstd:1", TEXT, 250 },     { "zstd:1", HALF_RANDOM, 520 },
		{ "lzo", HALF_RANDOM, 550 },
	};
	struct page_codec_state *state = state_of(4096);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t len = packed(state, cases[i].choice,
				    pages[cases[i].kind], out);

		printf("# %s of kind %d: %zu\n", cases[i].choice, cases[i].kind,
		       len);
		CHECK(len > 0);
		CHECK(len * 1000 <= cases[i].at_most * 4096);
	}
	page_codec_free(state);
}

/* A level is what was asked for, not the nearest that there is code for. */
static void levels_differ(void)
{
	static const char *const levels[] = { "zstd:-7", "zstd:1", "zstd:3",
					      "zstd:12" };
	struct page_codec_state *state = state_of(4096);
	size_t len, before = 4096;

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		len = packed(state, levels[i], pages[POINTERS], out);
		printf("# %s: %zu\n", levels[i], len);
		CHECK(len > 0 && len < before);
		before = len;
	}
	/* Below 1 there is no Huffman code for what is not repeated. */
	CHECK_INT(packed(state, "zstd:-1", pages[LETTERS], out), 0);
	CHECK(packed(state, "zstd:1", pages[LETTERS], out) > 0);
	len = packed(state, "zlib:1", pages[POINTERS], out);
	CHECK(packed(state, "zlib:9", pages[POINTERS], out) < len);
	page_codec_free(state);
}

/* Pages and codecs in another order, in a state of another history. */
static void the_same_page_gives_the_same_bytes(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(page_lens); p++) {
		struct page_codec_state *used = state_of(page_lens[p]);

		for (size_t i = 0; i < 3 * ARRAY_SIZE(choices) * N_KINDS; i++) {
			const char *choice =
				choices[next_random() % ARRAY_SIZE(choices)];
			const unsigned char *page =
				pages[next_random() % N_KINDS];
			struct page_codec_state *fresh = state_of(page_lens[p]);
			size_t len = packed(used, choice, page, out);

			CHECK_INT(packed(fresh, choice, page, other), len);
			CHECK_MEM(out, other, len);
			page_codec_free(fresh);
		}
		page_codec_free(used);
	}
}

/* Where a page lies must not matter, nor that it follows the one before. */
static void neighbours_do_not_matter(void)
{
	struct page_codec_state *a = state_of(4096), *b = state_of(4096);

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		for (size_t at = 0; at < PAGE_MAX; at += 4096)
			packed(a, choices[i], pages[TEXT] + at, out);
		memcpy(back, pages[TEXT] + PAGE_MAX - 4096, 4096);
		size_t len = packed(b, choices[i], back, other);

		CHECK_INT(packed(a, choices[i], pages[TEXT] + PAGE_MAX - 4096,
				 out),
			  len);
		CHECK_MEM(out, other, len);
	}
	page_codec_free(a);
	page_codec_free(b);
}

static void writes_only_within_its_bound(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(page_lens); p++) {
		struct page_codec_state *state = state_of(page_lens[p]);
		size_t bound = page_codec_bound(page_lens[p]);

		CHECK(bound < sizeof(out));
		for (size_t i = 0; i < ARRAY_SIZE(choices) * N_KINDS; i++) {
			unsigned char *to = malloc(bound); /* for ASAN */

			memset(out, GUARD, sizeof(out));
			packed(state, choices[i / N_KINDS], pages[i % N_KINDS],
			       out);
			for (size_t at = bound; at < sizeof(out); at++)
				CHECK(out[at] == GUARD);
			packed(state, choices[i / N_KINDS], pages[i % N_KINDS],
			       to);
			free(to);
		}
		page_codec_free(state);
	}
}

static void none_gains_nothing(void)
{
	struct page_codec_state *state = state_of(4096);

	CHECK_INT(packed(state, "none", pages[ZEROS], out), 0);
	page_codec_free(state);
	page_codec_free(NULL);
}

static void names_are_read_and_written(void)
{
	static const struct {
		const char *text, *name;
		uint32_t flag;
	} cases[] = {
		{ "none", "none", 0 },
		{ "lzo", "lzo", 2 },
		{ "zlib", "zlib:1", 1 },
		{ "zlib:9", "zlib:9", 1 },
		{ "zstd", "zstd:1", 0x20 },
		{ "zstd:22", "zstd:22", 0x20 },
		{ "zstd:-100", "zstd:-100", 0x20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct codec_choice choice = choice_of(cases[i].text);
		char name[CODEC_NAME_LEN];

		codec_name(name, &choice);
		CHECK_STR(name, cases[i].name);
		CHECK_INT(codec_flag(choice.codec), cases[i].flag);
	}
}

static void other_names_are_refused(void)
{
	static const char *const bad[] = {
		"",	    "zst",
		"zstd:",    "zstd:0",
		"zstd:23",  "zstd:-101",
		"zstd:+1",  "zstd: 1",
		"zstd:1 ",  "zstd:1x",
		"zstd:--1", "zstd:-",
		"zstd:0x1", "zstd:99999999999999999999",
		"zlib:0",   "zlib:10",
		"zlib:-1",  "lzo:1",
		"none:1",   "none:",
		"ZSTD",	    "zstd1",
		"snappy",   ":1",
		"zstd:1:1", "lzo ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct codec_choice choice = { CODEC_LZO, 77 };

		if (codec_parse(&choice, bad[i]) != -EINVAL) {
			tap_bad = 1;
			printf("# taken: \"%s\"\n", bad[i]);
		}
		CHECK_INT(choice.codec, CODEC_LZO);
		CHECK_INT(choice.level, 77);
	}
}

int main(void)
{
	fill_pages();
	RUN(every_page_comes_back);
	RUN(pages_become_smaller);
	RUN(levels_differ);
	RUN(the_same_page_gives_the_same_bytes);
	RUN(neighbours_do_not_matter);
	RUN(writes_only_within_its_bound);
	RUN(none_gains_nothing);
	RUN(names_are_read_and_written);
	RUN(other_names_are_refused);
	return tap_done();
}
