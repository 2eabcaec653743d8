// SPDX-License-Identifier: GPL-2.0-or-later

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkcore.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT_LINE_MAX 4096
#define WORDS_MAX 16

/* A directive's arguments: split at blanks, and as they stand. */
struct line {
	char text[TEXT_LINE_MAX];
	char split[TEXT_LINE_MAX];
	const char *words[WORDS_MAX];
	size_t n_words;
};

static uint64_t number(struct mkcore *core, const char *word)
{
	char name[64];
	uint64_t value;
	char *end;

	if (isdigit((unsigned char)*word) || *word == '-') {
		value = strtoull(word, &end, 0);
		if (*end)
			mkcore_die(core, "%s: not a number", word);
		return value;
	}
	snprintf(name, sizeof(name), "%s", word);
	end = strchr(name, '+');
	if (!end)
		return mkcore_label_addr(core, name);
	*end = '\0';
	return mkcore_label_addr(core, name) + strtoull(end + 1, NULL, 0);
}

static uint64_t argument(struct mkcore *core, const struct line *line, size_t i)
{
	return number(core, line->words[i]);
}

/* The escape behind a backslash; where the text goes on. */
static const char *unescape_one(struct mkcore *core, const char *from, char *to,
				size_t *len)
{
	char name[64] = "";

	*len = 1;
	switch (*from) {
	case 'n':
		*to = '\n';
		return from + 1;
	case 't':
		*to = '\t';
		return from + 1;
	case 'x':
		snprintf(name, 3, "%s", from + 1);
		*to = (char)strtoul(name, NULL, 16);
		return from + 1 + strlen(name);
	case '{':
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(from + 1, "}"), from + 1);
		*len = (size_t)sprintf(to, "%llx",
				       (unsigned long long)number(core, name));
		return from + strcspn(from, "}") + 1;
	default:
		*to = *from;
		return from + 1;
	}
}

static size_t unescape(struct mkcore *core, const char *from,
		       char to[static TEXT_LINE_MAX])
{
	size_t used = 0, len;

	while (*from) {
		if (used > TEXT_LINE_MAX - 32)
			mkcore_die(core, "line too long");
		if (*from == '\\') {
			from = unescape_one(core, from + 1, to + used, &len);
			used += len;
		} else {
			to[used++] = *from++;
		}
	}
	return used;
}

static void close_note(struct mkcore *core)
{
	struct mkcore_segment *seg = core->cur;
	Elf64_Nhdr *hdr;
	size_t body;

	if (!core->note_open)
		return;
	core->note_open = false;
	/* The kernel counts the zeros of a device dump as its descriptor. */
	if (core->note_align > 4)
		mkcore_reserve(core, core->note_align, 0);
	hdr = (Elf64_Nhdr *)(seg->data + core->note_at);
	body = core->note_at + sizeof(*hdr) + (hdr->n_namesz + 3) / 4 * 4;
	hdr->n_descsz = (uint32_t)mkcore_len(seg, body);
	if (core->descsz != MKCORE_UNSET)
		hdr->n_descsz = (uint32_t)core->descsz;
	mkcore_reserve(core, 4, 0);
}

static void open_note(struct mkcore *core, const char *name, uint32_t namesz,
		      uint32_t type)
{
	Elf64_Nhdr hdr = { .n_namesz = namesz, .n_type = type };
	char padded[64] = "";

	close_note(core);
	if (!core->cur || core->cur->phdr.p_type != PT_NOTE)
		mkcore_segment(core, PT_NOTE);
	core->note_open = true;
	core->note_align = 4;
	core->note_at = core->cur->len;
	core->descsz = MKCORE_UNSET;
	snprintf(padded, sizeof(padded), "%s", name);
	mkcore_put(core, &hdr, sizeof(hdr));
	mkcore_put(core, padded, (namesz + 3) / 4 * 4);
}

static void do_note(struct mkcore *core, struct line *line)
{
	open_note(core, line->words[0],
		  (uint32_t)strnlen(line->words[0], 59) + 1,
		  (uint32_t)argument(core, line, 1));
}

static void do_dump(struct mkcore *core, struct line *line)
{
	char dump_name[44] = "";

	open_note(core, "LINUX", 8, 0x700);
	core->note_align = MKCORE_PAGE;
	memcpy(dump_name, line->words[0],
	       strnlen(line->words[0], sizeof(dump_name)));
	mkcore_put(core, dump_name, sizeof(dump_name));
}

static void do_load(struct mkcore *core, struct line *line)
{
	struct mkcore_segment *seg;

	close_note(core);
	seg = mkcore_segment(core, PT_LOAD);
	seg->phdr.p_vaddr = argument(core, line, 0);
	seg->phdr.p_paddr = argument(core, line, 1);
}

static void do_notes(struct mkcore *core, struct line *line)
{
	(void)line;
	close_note(core);
	mkcore_segment(core, PT_NOTE);
}

static void do_text(struct mkcore *core, struct line *line)
{
	char text[TEXT_LINE_MAX];

	mkcore_put(core, text, unescape(core, line->text, text));
}

static void do_line(struct mkcore *core, struct line *line)
{
	do_text(core, line);
	mkcore_put(core, "\n", 1);
}

static void put_numbers(struct mkcore *core, struct line *line, size_t len)
{
	for (size_t i = 0; i < line->n_words; i++) {
		uint64_t value = argument(core, line, i);

		mkcore_put(core, &value, len);
	}
}

static void do_u32(struct mkcore *core, struct line *line)
{
	put_numbers(core, line, 4);
}

static void do_u64(struct mkcore *core, struct line *line)
{
	put_numbers(core, line, 8);
}

static void do_zero(struct mkcore *core, struct line *line)
{
	mkcore_reserve(core, 1, argument(core, line, 0));
}

static void do_hole(struct mkcore *core, struct line *line)
{
	mkcore_hole(core, argument(core, line, 0));
}

static void do_align(struct mkcore *core, struct line *line)
{
	mkcore_reserve(core, argument(core, line, 0), 0);
}

static void do_fill(struct mkcore *core, struct line *line)
{
	size_t len = argument(core, line, 0);
	uint64_t x = 2 * argument(core, line, 1) + 1;
	uint64_t addr = mkcore_reserve(core, 1, len);
	unsigned char *to = mkcore_at(core, addr, len);

	for (size_t i = 0; i < len; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		to[i] = (unsigned char)(x >> 56);
	}
}

static void do_label(struct mkcore *core, struct line *line)
{
	mkcore_label(core, line->words[0], mkcore_reserve(core, 1, 0));
}

static void do_uts(struct mkcore *core, struct line *line)
{
	const char *fields[] = { "Linux",  line->words[0], line->words[1],
				 "#1 SMP", line->words[2], "(none)" };
	char field[65];

	mkcore_label(core, "init_uts_ns", mkcore_reserve(core, 8, 0));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		memset(field, 0, sizeof(field));
		memcpy(field, fields[i], strnlen(fields[i], 65));
		mkcore_put(core, field, sizeof(field));
	}
}

static void do_log(struct mkcore *core, struct line *line)
{
	uint32_t size = (uint32_t)argument(core, line, 1);

	if (!strcmp(line->words[0], "records"))
		mkcore_records(core, &core->log, size);
	else if (line->n_words == 3)
		mkcore_ring(core, &core->log, size,
			    (unsigned int)argument(core, line, 2));
	else
		mkcore_die(core, "log ring COUNT_BITS SIZE_BITS");
}

static void do_record(struct mkcore *core, struct line *line)
{
	char text[TEXT_LINE_MAX];
	const char *rest;
	uint64_t ts_nsec;

	if (!core->log.record)
		mkcore_die(core, "no log yet");
	ts_nsec = mkcore_nanoseconds(line->text, &rest);
	rest += *rest == ' ';
	core->log.record(core, &core->log, ts_nsec, text,
			 unescape(core, rest, text));
}

static void do_info(struct mkcore *core, struct line *line)
{
	if (!strcmp(line->words[0], "ring")) {
		mkcore_ring_info(core);
	} else if (!strcmp(line->words[0], "records")) {
		mkcore_records_info(core);
	} else {
		mkcore_text(core, "SYMBOL(init_uts_ns)=%llx\n",
			    (unsigned long long)mkcore_label_addr(
				    core, "init_uts_ns"));
		mkcore_text(core, "OFFSET(uts_namespace.name)=0\n");
	}
}

static void do_state(struct mkcore *core, struct line *line)
{
	mkcore_ring_state(core, &core->log, argument(core, line, 0));
}

static void do_lpos(struct mkcore *core, struct line *line)
{
	mkcore_ring_lpos(core, &core->log, argument(core, line, 0),
			 argument(core, line, 1));
}

static void do_ids(struct mkcore *core, struct line *line)
{
	mkcore_ring_ids(core, &core->log, argument(core, line, 0),
			argument(core, line, 1));
}

static void do_ehdr(struct mkcore *core, struct line *line)
{
	uint64_t value = argument(core, line, 1);
	const char *field = line->words[0];

	if (!strcmp(field, "class"))
		core->ehdr.e_ident[EI_CLASS] = (unsigned char)value;
	else if (!strcmp(field, "data"))
		core->ehdr.e_ident[EI_DATA] = (unsigned char)value;
	else if (!strcmp(field, "type"))
		core->ehdr.e_type = (uint16_t)value;
	else if (!strcmp(field, "machine"))
		core->ehdr.e_machine = (uint16_t)value;
	else if (!strcmp(field, "phentsize"))
		core->ehdr.e_phentsize = (uint16_t)value;
	else if (!strcmp(field, "phoff"))
		core->phoff = value;
	else if (!strcmp(field, "phnum"))
		core->phnum = value;
	else if (!strcmp(field, "xnum"))
		core->xnum = value;
	else
		mkcore_die(core, "ehdr %s: unknown field", field);
}

static void do_phdr(struct mkcore *core, struct line *line)
{
	uint64_t value = argument(core, line, 1);
	const char *field = line->words[0];

	mkcore_reserve(core, 1, 0);
	if (!strcmp(field, "type"))
		core->cur->phdr.p_type = (uint32_t)value;
	else if (!strcmp(field, "offset"))
		core->cur->offset_by_hand = value;
	else if (!strcmp(field, "filesz"))
		core->cur->filesz_by_hand = value;
	else if (!strcmp(field, "memsz"))
		core->cur->memsz_by_hand = value;
	else
		mkcore_die(core, "phdr %s: unknown field", field);
}

static void do_nhdr(struct mkcore *core, struct line *line)
{
	uint32_t value = (uint32_t)argument(core, line, 1);
	const char *field = line->words[0];
	Elf64_Nhdr *hdr;

	if (!core->note_open)
		mkcore_die(core, "no note");
	hdr = (Elf64_Nhdr *)(core->cur->data + core->note_at);
	if (!strcmp(field, "namesz")) {
		/* The descriptor's length can then not be found out. */
		core->descsz = 0;
		hdr->n_namesz = value;
	} else if (!strcmp(field, "descsz")) {
		core->descsz = value;
	} else {
		mkcore_die(core, "nhdr %s: unknown field", field);
	}
}

static void do_cut(struct mkcore *core, struct line *line)
{
	int64_t value = (int64_t)argument(core, line, 0);

	if (value < 0)
		core->cut_tail = (uint64_t)-value;
	else
		core->cut = (uint64_t)value;
}

static const struct {
	const char *name;
	size_t n_words; /* at least */
	void (*run)(struct mkcore *core, struct line *line);
} directives[] = {
	{ "note", 2, do_note },	    { "dump", 1, do_dump },
	{ "load", 2, do_load },	    { "notes", 0, do_notes },
	{ "text", 0, do_text },	    { "line", 0, do_line },
	{ "u32", 1, do_u32 },	    { "u64", 1, do_u64 },
	{ "zero", 1, do_zero },	    { "align", 1, do_align },
	{ "fill", 2, do_fill },	    { "label", 1, do_label },
	{ "uts", 3, do_uts },	    { "log", 2, do_log },
	{ "record", 1, do_record }, { "info", 1, do_info },
	{ "state", 1, do_state },   { "lpos", 2, do_lpos },
	{ "ids", 2, do_ids },	    { "ehdr", 2, do_ehdr },
	{ "phdr", 2, do_phdr },	    { "nhdr", 2, do_nhdr },
	{ "cut", 1, do_cut },	    { "hole", 1, do_hole },
};

static void run_line(struct mkcore *core, const char *text, size_t len)
{
	struct line line = { .n_words = 0 };
	size_t name_len;

	while (len && isblank((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len == 0 || *text == '#')
		return;
	if (len >= TEXT_LINE_MAX)
		mkcore_die(core, "line too long");
	memcpy(line.text, text, len);
	name_len = strcspn(line.text, " \t");
	memmove(line.text, text + name_len, len - name_len);
	memset(line.text + len - name_len, 0, name_len);
	if (isblank((unsigned char)line.text[0]))
		memmove(line.text, line.text + 1, TEXT_LINE_MAX - 1);
	memcpy(line.split, line.text, TEXT_LINE_MAX);
	for (char *word = strtok(line.split, " \t");
	     word && line.n_words < WORDS_MAX; word = strtok(NULL, " \t"))
		line.words[line.n_words++] = word;
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		if (strlen(directives[i].name) != name_len ||
		    memcmp(directives[i].name, text, name_len))
			continue;
		if (line.n_words < directives[i].n_words)
			mkcore_die(core, "%s: too few arguments",
				   directives[i].name);
		directives[i].run(core, &line);
		return;
	}
	mkcore_die(core, "%.*s: unknown", (int)name_len, text);
}

static void run_text(struct mkcore *core, const char *text)
{
	size_t len;

	for (core->line = 1; *text; core->line++) {
		len = strcspn(text, "\n");
		run_line(core, text, len);
		text += len + (text[len] == '\n');
	}
	close_note(core);
}

static void start(struct mkcore *core)
{
	static const Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
	};

	for (size_t i = 0; i < core->n_segments; i++)
		free(core->segments[i].data);
	core->n_segments = 0;
	core->cur = NULL;
	core->ehdr = ehdr;
	core->phoff = core->phnum = core->xnum = core->cut = MKCORE_UNSET;
	core->cut_tail = 0;
	core->note_open = false;
	memset(&core->log, 0, sizeof(core->log));
}

/* Twice, so that vmcoreinfo can name the labels of the memory behind it. */
void mkcore(const char *text, int fd)
{
	struct mkcore *core = calloc(1, sizeof(*core));

	if (core)
		core->segments =
			calloc(MKCORE_SEGMENTS_MAX, sizeof(*core->segments));
	if (!core || !core->segments)
		mkcore_die(NULL, "out of memory");
	for (int pass = 0; pass < 2; pass++) {
		start(core);
		run_text(core, text);
	}
	mkcore_write(core, fd);
	start(core);
	free(core->segments);
	free(core);
}
