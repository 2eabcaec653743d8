// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <string.h>

#include "capture/kallsyms.h"

#define CODES 256
/* Set in the first byte of a length that has two. */
#define LONG_NAME 0x80
/* Read at a time, to the end of a page. */
#define STREAM_READ_LEN (16 * VMCORE_PAGE_LEN)
/* That always fits behind the rest of a page. */
#define STREAM_LEN (STREAM_READ_LEN + VMCORE_PAGE_LEN)

/* Bytes at ascending addresses. */
struct stream {
	struct vmcore *core;
	uint64_t addr; /* of what is not read yet */
	size_t pos;
	size_t len;
	unsigned char buf[STREAM_LEN];
};

struct search {
	const char *names[KALLSYMS_FIND_MAX + 1];
	uint32_t index[KALLSYMS_FIND_MAX + 1]; /* of those found */
	size_t n;
	uint32_t wanted; /* bit i: names[i] is not found yet */
	uint32_t first[CODES]; /* names that can begin with the code */
	const char *tokens[CODES]; /* in text */
	size_t token_len[CODES];
	char text[KALLSYMS_TOKENS_MAX];
	struct stream stream;
};

enum form {
	FORM_UNSIGNED,
	FORM_ABSOLUTE_PERCPU,
	FORM_PLACE, /* relative to where it is */
	FORM_ADDRESS,
};

struct values {
	enum form form;
	uint64_t table;
	uint64_t base;
};

static void stream_init(struct stream *stream, struct vmcore *core,
			uint64_t addr)
{
	stream->core = core;
	stream->addr = addr;
	stream->pos = stream->len = 0;
}

static int stream_read(struct stream *stream, size_t len)
{
	int ret = vmcore_read_virt(stream->core, stream->addr,
				   stream->buf + stream->len, len);

	if (ret < 0)
		return ret;
	stream->addr += len;
	stream->len += len;
	return 0;
}

/*
 * Reads on until there are n bytes at pos, a page's length at most.  What is
 * read may reach into memory that nobody needs and that is not there.
 */
static int stream_fill(struct stream *stream, size_t n)
{
	size_t part;
	int ret;

	stream->len -= stream->pos;
	memmove(stream->buf, stream->buf + stream->pos, stream->len);
	stream->pos = 0;
	while (stream->len < n) {
		part = vmcore_page_part(stream->addr, VMCORE_PAGE_LEN);
		ret = stream_read(stream,
				  part + STREAM_READ_LEN - VMCORE_PAGE_LEN);
		if (ret < 0)
			ret = stream_read(stream, part);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* *ret are n bytes that follow, good until the next call. */
static inline int stream_peek(struct stream *stream, size_t n,
			      const unsigned char **ret)
{
	int err = 0;

	if (stream->len - stream->pos < n)
		err = stream_fill(stream, n);
	*ret = stream->buf + stream->pos;
	return err;
}

/* The token table ends with the token that begins last. */
static int read_tokens(struct search *search, struct vmcore *core,
		       uint64_t table, uint64_t index_addr)
{
	const unsigned char *bytes = NULL;
	uint16_t index[CODES];
	size_t len = 0;
	int ret;

	ret = vmcore_read_virt(core, index_addr, index, sizeof(index));
	if (ret < 0)
		return ret;
	for (size_t i = 0; i < CODES; i++)
		if (index[i] > len)
			len = index[i];
	stream_init(&search->stream, core, table);
	do {
		if (++len > KALLSYMS_TOKENS_MAX)
			return -EBADMSG;
		ret = stream_peek(&search->stream, len, &bytes);
		if (ret < 0)
			return ret;
	} while (bytes[len - 1]);
	memcpy(search->text, bytes, len);
	for (size_t i = 0; i < CODES; i++) {
		search->tokens[i] = search->text + index[i];
		search->token_len[i] = strlen(search->tokens[i]);
	}
	return 0;
}

/* The token has no NUL, so it is not read beyond the text's. */
static bool begins_with(const char *text, const char *token, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != token[i])
			return false;
	return true;
}

/* Most names are told from the wanted ones by their first code. */
static void find_first_codes(struct search *search)
{
	for (size_t code = 0; code < CODES; code++) {
		const char *token = search->tokens[code];
		size_t len = search->token_len[code];

		/* The type comes first, so a name's first code has one. */
		if (!len)
			continue;
		for (size_t i = 0; i < search->n; i++)
			if (begins_with(search->names[i], token + 1, len - 1))
				search->first[code] |= 1U << i;
	}
}

/* The bits that are left when the token follows pos characters. */
static uint32_t narrowed(const struct search *search, uint32_t left, size_t pos,
			 unsigned char code)
{
	const char *token = search->tokens[code];
	size_t len = search->token_len[code];

	for (uint32_t rest = left; rest; rest &= rest - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(rest);

		if (!begins_with(search->names[i] + pos, token, len))
			left &= ~(1U << i);
	}
	return left;
}

/* A name of the table; it is expanded as far as it can be a wanted one. */
static void match(struct search *search, uint32_t index,
		  const unsigned char *codes, size_t n_codes)
{
	uint32_t left = search->first[codes[0]] & search->wanted;
	size_t pos;

	if (!left)
		return;
	pos = search->token_len[codes[0]] - 1;
	for (size_t i = 1; i < n_codes && left; i++) {
		left = narrowed(search, left, pos, codes[i]);
		pos += search->token_len[codes[i]];
	}
	for (; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);

		if (search->names[i][pos])
			continue;
		search->index[i] = index;
		search->wanted &= ~(1U << i);
	}
}

static int walk_names(struct search *search, struct vmcore *core,
		      uint64_t names, uint32_t n)
{
	struct stream *stream = &search->stream;
	const unsigned char *bytes;
	int ret;

	stream_init(stream, core, names);
	for (uint32_t i = 0; i < n && search->wanted; i++) {
		size_t head = 1, len;

		ret = stream_peek(stream, head, &bytes);
		if (ret < 0)
			return ret;
		len = bytes[0];
		if (len & LONG_NAME) {
			ret = stream_peek(stream, ++head, &bytes);
			if (ret < 0)
				return ret;
			len = (len & (LONG_NAME - 1)) | (size_t)bytes[1] << 7;
		}
		if (!len || len > KALLSYMS_NAME_MAX)
			return -EBADMSG;
		ret = stream_peek(stream, head + len, &bytes);
		if (ret < 0)
			return ret;
		match(search, i, bytes + head, len);
		stream->pos += head + len;
	}
	return 0;
}

/* The names' places in the table. */
static int search_names(struct search *search, struct vmcore *core,
			const struct vmcoreinfo *info)
{
	uint64_t names, num_syms, table, index;
	uint32_t n;
	int ret;

	ret = vmcoreinfo_symbol(info, "kallsyms_names", &names);
	if (ret < 0)
		return ret;
	ret = vmcoreinfo_symbol(info, "kallsyms_num_syms", &num_syms);
	if (ret < 0)
		return ret;
	ret = vmcoreinfo_symbol(info, "kallsyms_token_table", &table);
	if (ret < 0)
		return ret;
	ret = vmcoreinfo_symbol(info, "kallsyms_token_index", &index);
	if (ret < 0)
		return ret;
	ret = vmcore_read_virt(core, num_syms, &n, sizeof(n));
	if (ret < 0)
		return ret;
	if (n > KALLSYMS_SYMBOLS_MAX)
		return -EBADMSG;
	ret = read_tokens(search, core, table, index);
	if (ret < 0)
		return ret;
	find_first_codes(search);
	return walk_names(search, core, names, n);
}

static int value_at(struct vmcore *core, const struct values *values,
		    uint32_t index, uint64_t *ret)
{
	uint64_t addr = values->table + 4 * (uint64_t)index;
	int32_t offset;
	int err;

	if (values->form == FORM_ADDRESS)
		return vmcore_read_virt(core, addr + 4 * (uint64_t)index, ret,
					sizeof(*ret));
	err = vmcore_read_virt(core, addr, &offset, sizeof(offset));
	if (err < 0)
		return err;
	if (values->form == FORM_PLACE)
		*ret = addr + (uint64_t)offset;
	else if (values->form == FORM_UNSIGNED)
		*ret = values->base + (uint32_t)offset;
	else if (offset >= 0)
		*ret = (uint64_t)offset;
	else
		*ret = values->base - 1 - (uint64_t)offset;
	return 0;
}

/* Where the values are; their form as far as the keys tell it. */
static int find_values(struct values *values, struct vmcore *core,
		       const struct vmcoreinfo *info)
{
	uint64_t base;
	int ret;

	*values = (struct values){ .form = FORM_ADDRESS };
	ret = vmcoreinfo_symbol(info, "kallsyms_addresses", &values->table);
	if (ret != -ENODATA)
		return ret;
	ret = vmcoreinfo_symbol(info, "kallsyms_offsets", &values->table);
	if (ret < 0)
		return ret;
	values->form = FORM_PLACE;
	ret = vmcoreinfo_symbol(info, "kallsyms_relative_base", &base);
	if (ret < 0)
		return ret == -ENODATA ? 0 : ret;
	values->form = FORM_UNSIGNED;
	return vmcore_read_virt(core, base, &values->base,
				sizeof(values->base));
}

/* Sees to it that the symbol in this place of the table is at the address. */
static int check_form(struct values *values, struct vmcore *core,
		      uint32_t index, uint64_t addr)
{
	uint64_t value;
	int ret;

	ret = value_at(core, values, index, &value);
	if (ret < 0 || value == addr)
		return ret;
	if (values->form != FORM_UNSIGNED)
		return -EBADMSG;
	values->form = FORM_ABSOLUTE_PERCPU;
	ret = value_at(core, values, index, &value);
	if (ret < 0 || value == addr)
		return ret;
	return -EBADMSG;
}

int kallsyms_find(struct vmcore *core, const struct vmcoreinfo *info,
		  struct kallsyms_symbol *symbols, size_t n)
{
	struct search search = { .names = { "_stext" }, .n = n + 1 };
	struct values values;
	uint64_t stext;
	int ret;

	for (size_t i = 0; i < n; i++)
		symbols[i].found = false;
	if (n > KALLSYMS_FIND_MAX)
		return -E2BIG;
	for (size_t i = 0; i < n; i++)
		search.names[i + 1] = symbols[i].name;
	search.wanted = (uint32_t)((1ULL << search.n) - 1);
	ret = vmcoreinfo_symbol(info, "_stext", &stext);
	if (ret < 0)
		return ret;
	ret = find_values(&values, core, info);
	if (ret < 0)
		return ret;
	ret = search_names(&search, core, info);
	if (ret < 0)
		return ret;
	if (search.wanted & 1)
		return -EBADMSG;
	ret = check_form(&values, core, search.index[0], stext);
	for (size_t i = 0; i < n && ret == 0; i++)
		if (!(search.wanted & 1U << (i + 1)))
			ret = value_at(core, &values, search.index[i + 1],
				       &symbols[i].value);
	for (size_t i = 0; i < n && ret == 0; i++)
		symbols[i].found = !(search.wanted & 1U << (i + 1));
	return ret;
}
