// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../netstream/log.h"
#include "note.h"
#include "vmcoreinfo.h"

/* KIND(name): names of symbols and fields are shorter. */
#define KEY_MAX 128
/* The longest number: "-9223372036854775808", "0x" and 16 digits. */
#define NUMBER_MAX 24

/* Finds the note; 1, 0 when there is none, or -errno. */
static int find_note(const struct vmcore *core, struct note *note)
{
	struct note_walk walk;
	int ret;

	note_walk_init(&walk, core);
	for (;;) {
		ret = note_next(core, &walk, note);
		if (ret <= 0)
			return ret;
		if (!strcmp(note->name, "VMCOREINFO"))
			return 1;
	}
}

static int load_note(struct vmcoreinfo *info, const struct vmcore *core,
		     const struct note *note)
{
	int ret;

	if (note->desc_len > VMCOREINFO_MAX) {
		log_err("%s: vmcoreinfo of %u bytes: more than %u", core->path,
			note->desc_len, VMCOREINFO_MAX);
		return -EFBIG;
	}
	info->text = malloc((size_t)note->desc_len + 1);
	if (!info->text) {
		log_err("%s: no memory for %u bytes of vmcoreinfo", core->path,
			note->desc_len);
		return -ENOMEM;
	}
	ret = vmcore_read(core, note->desc_off, info->text, note->desc_len);
	if (ret < 0) {
		vmcoreinfo_free(info);
		return ret;
	}
	/* The text ends at a NUL, if the kernel has padded it. */
	info->text[note->desc_len] = '\0';
	info->len = strlen(info->text);
	info->off = note->desc_off;
	return 0;
}

int vmcoreinfo_load(struct vmcoreinfo *info, const struct vmcore *core)
{
	struct note note;
	int ret;

	*info = (struct vmcoreinfo){ 0 };
	ret = find_note(core, &note);
	if (ret > 0)
		return load_note(info, core, &note);
	if (ret == 0) {
		log_err("%s: no vmcoreinfo in its notes", core->path);
		return -ENODATA;
	}
	if (ret == -EBADMSG)
		log_err("%s: a note overruns PT_NOTE", core->path);
	return ret;
}

void vmcoreinfo_free(struct vmcoreinfo *info)
{
	free(info->text);
	*info = (struct vmcoreinfo){ 0 };
}

/* The value of "key=", not terminated; NULL without such a line. */
static const char *find_value(const struct vmcoreinfo *info, const char *key,
			      size_t *len)
{
	const char *line = info->text;
	size_t key_len = strlen(key);
	size_t line_len;

	while (line && *line) {
		line_len = strcspn(line, "\n");
		if (line_len > key_len && line[key_len] == '=' &&
		    !memcmp(line, key, key_len)) {
			*len = line_len - key_len - 1;
			return line + key_len + 1;
		}
		line += line_len;
		line += *line == '\n';
	}
	return NULL;
}

static int digit_of(char c, unsigned int base)
{
	int digit = -1;

	if (c >= '0' && c <= '9')
		digit = c - '0';
	else if (c >= 'a' && c <= 'f')
		digit = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		digit = c - 'A' + 10;
	return digit < (int)base ? digit : -1;
}

/* Nothing but digits, at least one, and no more than 64 bits. */
static int parse_digits(const char *text, size_t len, unsigned int base,
			uint64_t *ret)
{
	uint64_t value = 0;

	if (len == 0 || len > NUMBER_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		int digit = digit_of(text[i], base);

		if (digit < 0 || value > (UINT64_MAX - digit) / base)
			return -EBADMSG;
		value = value * base + digit;
	}
	*ret = value;
	return 0;
}

static int unsigned_value(const struct vmcoreinfo *info, const char *key,
			  unsigned int base, uint64_t *ret)
{
	const char *text;
	size_t len;

	text = find_value(info, key, &len);
	if (!text)
		return -ENODATA;
	return parse_digits(text, len, base, ret);
}

static bool make_key(char key[static KEY_MAX], const char *kind,
		     const char *name)
{
	int len = snprintf(key, KEY_MAX, "%s(%s)", kind, name);

	return len > 0 && len < KEY_MAX;
}

static int kind_value(const struct vmcoreinfo *info, const char *kind,
		      const char *name, unsigned int base, uint64_t *ret)
{
	char key[KEY_MAX];

	if (!make_key(key, kind, name))
		return -ENODATA;
	return unsigned_value(info, key, base, ret);
}

int vmcoreinfo_symbol(const struct vmcoreinfo *info, const char *name,
		      uint64_t *ret)
{
	return kind_value(info, "SYMBOL", name, 16, ret);
}

int vmcoreinfo_size(const struct vmcoreinfo *info, const char *name,
		    uint64_t *ret)
{
	return kind_value(info, "SIZE", name, 10, ret);
}

int vmcoreinfo_offset(const struct vmcoreinfo *info, const char *name,
		      uint64_t *ret)
{
	return kind_value(info, "OFFSET", name, 10, ret);
}

int vmcoreinfo_length(const struct vmcoreinfo *info, const char *name,
		      uint64_t *ret)
{
	return kind_value(info, "LENGTH", name, 10, ret);
}

int vmcoreinfo_number(const struct vmcoreinfo *info, const char *name,
		      int64_t *ret)
{
	uint64_t limit = INT64_MAX, value;
	bool negative = false;
	char key[KEY_MAX];
	const char *text;
	size_t len;

	if (!make_key(key, "NUMBER", name))
		return -ENODATA;
	text = find_value(info, key, &len);
	if (!text)
		return -ENODATA;
	/* VMALLOC_START and other addresses are hex, and use the sign bit. */
	if (len > 2 && text[0] == '0' && text[1] == 'x') {
		if (parse_digits(text + 2, len - 2, 16, &value) < 0)
			return -EBADMSG;
		*ret = (int64_t)value;
		return 0;
	}
	if (len > 0 && text[0] == '-') {
		negative = true;
		limit++;
		text++;
		len--;
	}
	if (parse_digits(text, len, 10, &value) < 0 || value > limit)
		return -EBADMSG;
	*ret = negative ? (int64_t)-value : (int64_t)value;
	return 0;
}

int vmcoreinfo_decimal(const struct vmcoreinfo *info, const char *key,
		       uint64_t *ret)
{
	return unsigned_value(info, key, 10, ret);
}

int vmcoreinfo_hex(const struct vmcoreinfo *info, const char *key,
		   uint64_t *ret)
{
	return unsigned_value(info, key, 16, ret);
}

int vmcoreinfo_string(const struct vmcoreinfo *info, const char *key, char *buf,
		      size_t len)
{
	const char *text;
	size_t has;

	text = find_value(info, key, &has);
	if (!text)
		return -ENODATA;
	if (len == 0)
		return 0;
	if (has > len - 1)
		has = len - 1;
	vmcore_text(buf, text, has);
	return 0;
}
