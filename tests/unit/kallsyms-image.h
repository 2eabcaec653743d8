/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel image with a symbol table, encoded as scripts/kallsyms.c of the
 * kernel does it, and the vmcore of a machine that ran it: image_init(),
 * image_kallsyms() and what else is in it, then image_text() is its
 * description and image.info its vmcoreinfo.
 */
#ifndef TESTS_UNIT_KALLSYMS_IMAGE_H
#define TESTS_UNIT_KALLSYMS_IMAGE_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/vmcoreinfo.h"

#define IMAGE_LEN (128U << 10)
#define IMAGE_TEXT 0xffff800081000000 /* _text, _stext, all there is */
#define IMAGE_CODES 256

/* Where the values are relative to; see capture/kallsyms.h. */
enum image_form {
	IMAGE_ABSOLUTE_PERCPU,
	IMAGE_UNSIGNED,
	IMAGE_ADDRESSES,
	IMAGE_PLACE,
	IMAGE_FORMS
};

struct image_symbol {
	const char *name; /* the type in front */
	uint64_t value;
};

struct image {
	unsigned char bytes[IMAGE_LEN];
	size_t len;
	char text[2048]; /* vmcoreinfo */
	struct vmcoreinfo info;
	/* Offsets in bytes, for damage. */
	size_t num_syms, names, names_end, tokens, token_index, values;
};

/* Beside one for each character; some are longer than the names wanted. */
static const char *const image_words[] = {
	"D__per_cpu_", "T_",
	"stext",       "__per",
	"_cpu_",       "_ids",
	"Dnr",	       "curr",
	"ent_task",    "Dcurrent_task",
	"tfill_",      "Dcrash_not",
	"offse",       "current_task_of",
};

#define IMAGE_WORDS (sizeof(image_words) / sizeof(image_words[0]))

static inline void image_init(struct image *image)
{
	memset(image, 0, sizeof(*image));
	image->info.text = image->text;
}

__attribute__((format(printf, 2, 3))) static inline void
image_key(struct image *image, const char *format, ...)
{
	size_t len = image->info.len;
	va_list args;

	va_start(args, format);
	image->info.len += (size_t)vsnprintf(
		image->text + len, sizeof(image->text) - len, format, args);
	va_end(args);
	if (image->info.len >= sizeof(image->text))
		abort();
}

/* The offset of the bytes in the image. */
static inline size_t image_put(struct image *image, const void *bytes,
			       size_t len)
{
	size_t at = image->len;

	if (len > IMAGE_LEN - at)
		abort();
	memcpy(image->bytes + at, bytes, len);
	image->len += len;
	return at;
}

static inline size_t image_align(struct image *image, size_t align)
{
	image->len = (image->len + align - 1) / align * align;
	return image->len;
}

static inline size_t image_label(struct image *image, const char *name)
{
	size_t at = image_align(image, 8);

	image_key(image, "SYMBOL(%s)=%" PRIx64 "\n", name,
		  (uint64_t)(IMAGE_TEXT + at));
	return at;
}

/* Bytes of the first word of a name, and its code. */
static inline size_t image_code(const char *name, unsigned char *code)
{
	size_t longest = 1;

	*code = (unsigned char)name[0];
	for (size_t i = 0; i < IMAGE_WORDS; i++) {
		size_t len = strlen(image_words[i]);

		if (len > longest && !strncmp(name, image_words[i], len)) {
			longest = len;
			*code = (unsigned char)(IMAGE_CODES - 1 - i);
		}
	}
	return longest;
}

static inline void image_name(struct image *image, const char *name)
{
	unsigned char codes[4096], head[2];
	size_t n = 0;

	while (*name)
		name += image_code(name, &codes[n++]);
	head[0] = (unsigned char)(n < 128 ? n : (n & 127) | 128);
	head[1] = (unsigned char)(n >> 7);
	image_put(image, head, n < 128 ? 1 : 2);
	image_put(image, codes, n);
}

static inline void image_tokens(struct image *image)
{
	uint16_t index[IMAGE_CODES];

	image->tokens = image_label(image, "kallsyms_token_table");
	for (size_t i = 0; i < IMAGE_CODES; i++) {
		char one[2] = { i > ' ' && i < 127 ? (char)i : '\0' };
		const char *word = one;

		if (IMAGE_CODES - 1 - i < IMAGE_WORDS)
			word = image_words[IMAGE_CODES - 1 - i];
		index[i] = (uint16_t)(image->len - image->tokens);
		image_put(image, word, strlen(word) + 1);
	}
	image->token_index = image_label(image, "kallsyms_token_index");
	image_put(image, index, sizeof(index));
}

static inline void image_value(struct image *image, enum image_form form,
			       uint64_t value)
{
	uint64_t offset = value - IMAGE_TEXT;

	if (form == IMAGE_PLACE)
		offset -= image->len;
	else if (form == IMAGE_ADDRESSES)
		offset = value;
	else if (form == IMAGE_ABSOLUTE_PERCPU)
		offset = value < INT32_MAX ? value : IMAGE_TEXT - 1 - value;
	image_put(image, &offset, form == IMAGE_ADDRESSES ? 8 : 4);
}

static inline void image_values(struct image *image, enum image_form form,
				const struct image_symbol *symbols, uint32_t n)
{
	uint64_t base = IMAGE_TEXT;

	image->values = image_label(image, form == IMAGE_ADDRESSES
						   ? "kallsyms_addresses"
						   : "kallsyms_offsets");
	for (uint32_t i = 0; i < n; i++)
		image_value(image, form, symbols[i].value);
	if (form == IMAGE_UNSIGNED || form == IMAGE_ABSOLUTE_PERCPU) {
		image_label(image, "kallsyms_relative_base");
		image_put(image, &base, sizeof(base));
	}
}

/* The table; nothing is behind its names. */
static inline void image_kallsyms(struct image *image, enum image_form form,
				  const struct image_symbol *symbols,
				  uint32_t n)
{
	image_key(image, "SYMBOL(_stext)=%" PRIx64 "\n", (uint64_t)IMAGE_TEXT);
	image->num_syms = image_label(image, "kallsyms_num_syms");
	image_put(image, &n, sizeof(n));
	image_tokens(image);
	image_values(image, form, symbols, n);
	image->names = image_label(image, "kallsyms_names");
	for (uint32_t i = 0; i < n; i++)
		image_name(image, symbols[i].name);
	image->names_end = image->len;
}

/* Words of memory, for a description. */
static inline size_t image_words_text(char *to, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	char *start = to;
	uint64_t word;

	for (size_t i = 0; i < len; i += 8) {
		memcpy(&word, from + i, 8);
		to += sprintf(to, "u64 %#" PRIx64 "\n", word);
	}
	return (size_t)(to - start);
}

/* The segment's description, in whole pages; the caller frees it. */
static inline char *image_text(struct image *image)
{
	char *text = malloc(IMAGE_LEN * 4), *to = text;

	image_align(image, 4096);
	to += sprintf(to,
		      "note CORE 1\nzero 336\nload %#" PRIx64 " 0x1000000\n",
		      (uint64_t)IMAGE_TEXT);
	image_words_text(to, image->bytes, image->len);
	return text;
}

#endif
