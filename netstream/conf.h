/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration file: one "key value" per line, in kdump.conf's grammar.
 *
 * A line that is empty or starts with # is skipped.  Key and value are parted
 * by blanks; the value ends before the first #, without blanks around it, and
 * without the double quotes that enclose all of it, tabs in it being blanks.
 * A line may end in CR LF.
 * An unknown key, a key without a value and a key set twice are errors.
 *
 * What the keys are is a table of the program's; the setters below do for
 * most of them.  A log line is "name:line: key: reason".
 */
#ifndef NETSTREAM_CONF_H
#define NETSTREAM_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_FILE_MAX (64U << 10)
#define CONF_KEYS_MAX 96
#define CONF_REASON_MAX 160

struct conf;
struct conf_key;

/* Returns NULL or what is wrong with the value. */
typedef const char *conf_setter(struct conf *conf, const struct conf_key *key,
				const char *value);

struct conf_key {
	const char *name;
	conf_setter *set;
	const char *same_as; /* another key that this one is a name of */
	size_t off; /* of the field in the program's struct */
	uint64_t min, max; /* of a number; max: of a string's length too */
	const char *const *words; /* of a choice, NULL behind the last */
	const char *chars; /* those of a string; NULL: any */
	const char *text; /* why it is skipped or refused */
	bool repeats;
};

/* The text that is being read; name, keys and config are borrowed. */
struct conf {
	const char *name; /* of the file, for log lines */
	const struct conf_key *keys;
	size_t n_keys; /* at most CONF_KEYS_MAX */
	void *config; /* the program's struct */
	bool secret; /* nothing of the text gets into the log */
	unsigned int line; /* from 1; 0: not from a line */
	unsigned int set_in[CONF_KEYS_MAX]; /* line of each key; 0: none */
	char reason[CONF_REASON_MAX];
};

/* At most CONF_KEYS_MAX keys; nothing is read yet. */
void conf_init(struct conf *conf, const char *name, const struct conf_key *keys,
	       size_t n_keys, void *config);

/* -EINVAL for what is wrong in the text, -ENOMEM; logs the reason. */
int conf_parse(struct conf *conf, const char *text, size_t len);
/* The same of the file "name"; -ENOENT, -EFBIG and the like too. */
int conf_load(struct conf *conf);

/* The same of a file with secrets, which only its owner may read: -EINVAL. */
int conf_load_secret(struct conf *conf);

/* A key that must be there is not: logs that and returns -EINVAL. */
int conf_lacks(const struct conf *conf, const char *key);

/* As a line would; for a setter whose value says what other keys say too. */
const char *conf_set(struct conf *conf, const char *name, const char *value);

/* A reason with details, for a setter to return; until the next one. */
const char *conf_wrong(struct conf *conf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The field that the key sets. */
void *conf_field(struct conf *conf, const struct conf_key *key);

/* uint64_t: digits and nothing else, from min to max. */
conf_setter conf_set_number;
/* uint64_t: the same with K, M, G, T of 1024, 1024 * 1024, ... */
conf_setter conf_set_size;
/* char *: of chars, at most max of them unless that is 0; free() it. */
conf_setter conf_set_string;
/* The same, an absolute path. */
conf_setter conf_set_path;
/* An enum: the index of the value in words. */
conf_setter conf_set_choice;
/* bool: whether it is the second of two words, "no" and "yes" if not set. */
conf_setter conf_set_bool;
/* Nothing: a notice with the key's text, or an error with it. */
conf_setter conf_skip;
conf_setter conf_refuse;

#endif
