// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * core_collector of kdump.conf, said in keys of ours.  The options are those
 * of makedumpfile(8); a letter that takes no value may stand before others in
 * one word, and a value may follow its letter at once.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/config-keys.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* What the words of the command say so far; what they do not is NULL. */
struct collector {
	char *next; /* words that are left */
	const char *format;
	const char *level;
	const char *compression;
	const char *threads;
};

static const struct option {
	const char *name; /* a letter, or a word behind -- */
	const char *compression; /* that it asks for */
	bool elf;
	size_t off; /* of the value's field in struct collector; 0: none */
	bool has_value;
	const char *wrong;
} options[] = {
	{ .name = "l", .compression = "lzo" },
	{ .name = "c", .compression = "zlib" },
	{ .name = "z", .compression = "zstd" },
	{ .name = "p", .wrong = "no snappy here: use -l or -z" },
	{ .name = "E", .elf = true },
	{ .name = "F" }, /* the stream's form is the target's */
	{ .name = "d",
	  .has_value = true,
	  .off = offsetof(struct collector, level) },
	{ .name = "message-level", .has_value = true },
	{ .name = "num-threads",
	  .has_value = true,
	  .off = offsetof(struct collector, threads) },
};

static const struct option *option_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strlen(options[i].name) == len &&
		    !strncmp(options[i].name, name, len))
			return &options[i];
	return NULL;
}

static char *next_word(struct collector *collector)
{
	char *word;

	do
		word = strsep(&collector->next, " ");
	while (word && !*word);
	return word;
}

/* Value is what is left of the word: NULL, or what follows the option. */
static const char *take_option(struct conf *conf, struct collector *collector,
			       const struct option *option, const char *value)
{
	if (option->wrong)
		return option->wrong;
	if (option->has_value && !value)
		value = next_word(collector);
	if (option->has_value && !value)
		return conf_wrong(conf, "no value of option %s", option->name);
	if (option->off)
		*(const char **)((char *)collector + option->off) = value;
	if (option->elf)
		collector->format = "elf";
	if (!option->compression)
		return NULL;
	if (collector->compression)
		return "more than one of -c, -l and -z";
	collector->compression = option->compression;
	return NULL;
}

static const char *take_word(struct conf *conf, struct collector *collector,
			     const char *word)
{
	const char *wrong = NULL, *letter, *equals;
	const struct option *option;

	if (!strncmp(word, "--", 2)) {
		equals = word + strcspn(word, "=");
		option = option_of(word + 2, (size_t)(equals - word) - 2);
		if (!option || !option->name[1] ||
		    (*equals && !option->has_value))
			goto unknown;
		return take_option(conf, collector, option,
				   *equals ? equals + 1 : NULL);
	}
	if (word[0] != '-' || !word[1])
		goto unknown;
	for (letter = word + 1; *letter && !wrong; letter++) {
		option = option_of(letter, 1);
		if (!option)
			goto unknown;
		if (option->has_value)
			return take_option(conf, collector, option,
					   letter[1] ? letter + 1 : NULL);
		wrong = take_option(conf, collector, option, NULL);
	}
	return wrong;
unknown:
	return conf_wrong(conf, "makedumpfile's \"%.32s\" means nothing here",
			  word);
}

/* One key; what is wrong is of the option and of the key. */
static const char *say(struct conf *conf, const char *key, const char *value)
{
	char reason[CONF_REASON_MAX];
	const char *wrong = conf_set(conf, key, value);

	if (!wrong)
		return NULL;
	snprintf(reason, sizeof(reason), "%s", wrong);
	return conf_wrong(conf, "as %s %.16s: %.100s", key, value, reason);
}

/* All three, so that a line of their own is one too many. */
static const char *say_all(struct conf *conf, const struct collector *collector)
{
	const char *wrong;

	wrong = say(conf, "format",
		    collector->format ? collector->format : "kdump");
	if (!wrong)
		wrong = say(conf, "dump_level",
			    collector->level ? collector->level : "0");
	if (!wrong)
		wrong = say(conf, "compression",
			    collector->compression ? collector->compression
						   : "none");
	if (!wrong && collector->threads && strcmp(collector->threads, "0"))
		wrong = say(conf, "threads", collector->threads);
	return wrong;
}

const char *config_set_core_collector(struct conf *conf,
				      const struct conf_key *key,
				      const char *value)
{
	struct collector collector = { 0 };
	const char *wrong = NULL, *program = "";
	char *copy, *word;

	(void)key;
	copy = strdup(value);
	if (!copy)
		return strerror(ENOMEM);
	collector.next = copy;
	word = next_word(&collector);
	if (word)
		program = strrchr(word, '/') ? strrchr(word, '/') + 1 : word;

	if (!strcmp(program, "makedumpfile")) {
		while (!wrong && (word = next_word(&collector)))
			wrong = take_word(conf, &collector, word);
		if (!wrong && collector.format && collector.compression)
			wrong = "-E and compression exclude each other";
	} else if (!strcmp(program, "cp") || !strcmp(program, "scp")) {
		collector.format = "elf";
	} else {
		wrong = "neither makedumpfile nor cp";
	}
	if (!wrong)
		wrong = say_all(conf, &collector);
	free(copy);
	return wrong;
}
