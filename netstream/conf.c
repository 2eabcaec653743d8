// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf.h"
#include "io.h"
#include "log.h"

void conf_init(struct conf *conf, const char *name, const struct conf_key *keys,
	       size_t n_keys, void *config)
{
	*conf = (struct conf){
		.name = name,
		.keys = keys,
		.n_keys = n_keys,
		.config = config,
	};
}

const char *conf_wrong(struct conf *conf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(conf->reason, sizeof(conf->reason), fmt, ap);
	va_end(ap);
	return conf->reason;
}

void *conf_field(struct conf *conf, const struct conf_key *key)
{
	return (char *)conf->config + key->off;
}

/* Digits and nothing else; *end is behind them, NULL when it overflows. */
static uint64_t parse_digits(const char *text, const char **end)
{
	uint64_t n = 0;

	for (*end = text; isdigit((unsigned char)**end); ++*end)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, **end - '0', &n)) {
			*end = NULL;
			return 0;
		}
	return n;
}

static const char *store_number(struct conf *conf, const struct conf_key *key,
				uint64_t n)
{
	if (n < key->min || n > key->max)
		return "out of range";
	*(uint64_t *)conf_field(conf, key) = n;
	return NULL;
}

const char *conf_set_number(struct conf *conf, const struct conf_key *key,
			    const char *value)
{
	const char *end;
	uint64_t n = parse_digits(value, &end);

	if (!end)
		return "out of range";
	if (end == value || *end)
		return "not a number";
	return store_number(conf, key, n);
}

const char *conf_set_size(struct conf *conf, const struct conf_key *key,
			  const char *value)
{
	static const char suffixes[] = "KMGTkmgt";
	const char *end, *suffix;
	uint64_t n = parse_digits(value, &end);
	unsigned int shift = 0;

	if (!end)
		return "out of range";
	suffix = *end ? strchr(suffixes, *end) : NULL;
	if (suffix)
		shift = 10 * ((unsigned int)(suffix - suffixes) % 4 + 1);
	if (end == value || end[suffix != NULL])
		return "not a size (123, 64K, 4M)";
	if (n > UINT64_MAX >> shift)
		return "out of range";
	return store_number(conf, key, n << shift);
}

const char *conf_set_string(struct conf *conf, const struct conf_key *key,
			    const char *value)
{
	char **field = conf_field(conf, key);

	if (key->chars && value[strspn(value, key->chars)])
		return "character that cannot be in it";
	if (key->max && strlen(value) > key->max)
		return "too long";
	free(*field);
	*field = strdup(value);
	return *field ? NULL : strerror(ENOMEM);
}

const char *conf_set_path(struct conf *conf, const struct conf_key *key,
			  const char *value)
{
	if (*value != '/')
		return "not an absolute path";
	return conf_set_string(conf, key, value);
}

/* The index of the value; the reason names all the words when it is none. */
static const char *find_word(struct conf *conf, const char *const *words,
			     const char *value, unsigned int *index)
{
	char list[CONF_REASON_MAX / 2] = "";
	size_t len = 0;

	for (*index = 0; words[*index]; ++*index) {
		if (!strcmp(words[*index], value))
			return NULL;
		if (len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len,
						" %s", words[*index]);
	}
	return conf_wrong(conf, "none of:%s", list);
}

const char *conf_set_choice(struct conf *conf, const struct conf_key *key,
			    const char *value)
{
	unsigned int index;
	const char *wrong = find_word(conf, key->words, value, &index);

	if (!wrong)
		*(unsigned int *)conf_field(conf, key) = index;
	return wrong;
}

const char *conf_set_bool(struct conf *conf, const struct conf_key *key,
			  const char *value)
{
	static const char *const no_yes[] = { "no", "yes", NULL };
	unsigned int index;
	const char *wrong;

	wrong = find_word(conf, key->words ? key->words : no_yes, value,
			  &index);
	if (!wrong)
		*(bool *)conf_field(conf, key) = index == 1;
	return wrong;
}

const char *conf_skip(struct conf *conf, const struct conf_key *key,
		      const char *value)
{
	(void)value;
	log_notice("%s:%u: %s: skipped: %s", conf->name, conf->line, key->name,
		   key->text);
	return NULL;
}

const char *conf_refuse(struct conf *conf, const struct conf_key *key,
			const char *value)
{
	(void)conf;
	(void)value;
	return key->text;
}

static const struct conf_key *find_key(const struct conf *conf,
				       const char *name)
{
	for (size_t i = 0; i < conf->n_keys; i++)
		if (!strcmp(conf->keys[i].name, name))
			return &conf->keys[i];
	return NULL;
}

const char *conf_set(struct conf *conf, const char *name, const char *value)
{
	const struct conf_key *key = find_key(conf, name);
	unsigned int *set_in;

	if (key && key->same_as)
		key = find_key(conf, key->same_as);
	if (!key)
		return "unknown key";
	set_in = &conf->set_in[key - conf->keys];
	if (*set_in && !key->repeats)
		return conf_wrong(conf, "set already in line %u", *set_in);
	*set_in = conf->line;
	if (!*value)
		return "no value";
	return key->set(conf, key, value);
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len && isblank((unsigned char)text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

static char *unquote(char *text)
{
	size_t len = strlen(text);

	if (len < 2 || text[0] != '"' || text[len - 1] != '"')
		return text;
	text[len - 1] = '\0';
	return text + 1;
}

/* Tabs in the value become blanks. */
static const char *set_line(struct conf *conf, const char *name, char *value)
{
	for (char *p = value; *p; p++)
		if (*p == '\t')
			*p = ' ';
		else if (iscntrl((unsigned char)*p))
			return "control character in the value";
	return conf_set(conf, name, value);
}

/* One line, cut up in place. */
static int parse_line(struct conf *conf, char *line)
{
	size_t len = strlen(line);
	const char *wrong;
	char *name, *value;

	if (len && line[len - 1] == '\r')
		line[len - 1] = '\0';
	name = trim(line);
	if (!*name || *name == '#')
		return 0;
	value = name + strcspn(name, " \t#");
	if (*value && *value != '#')
		*value++ = '\0';
	value[strcspn(value, "#")] = '\0';

	wrong = set_line(conf, name, unquote(trim(value)));
	if (!wrong)
		return 0;
	log_err("%s:%u: %.32s: %s", conf->name, conf->line,
		conf->secret ? "not to be shown" : name, wrong);
	return -EINVAL;
}

int conf_parse(struct conf *conf, const char *text, size_t len)
{
	char *copy, *line;
	int ret = 0;

	if (memchr(text, '\0', len)) {
		log_err("%s: not a text file", conf->name);
		return -EINVAL;
	}
	copy = strndup(text, len);
	if (!copy) {
		log_err("%s: %s", conf->name, strerror(ENOMEM));
		return -ENOMEM;
	}
	conf->line = 0;
	for (line = copy; line && !ret;) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		conf->line++;
		ret = parse_line(conf, line);
		line = end;
	}
	free(copy);
	return ret;
}

int conf_load(struct conf *conf)
{
	char *text;
	size_t len;
	int ret;

	ret = read_file(conf->name, CONF_FILE_MAX, &text, &len);
	if (ret < 0) {
		log_err("%s: %s", conf->name, strerror(-ret));
		return ret;
	}
	ret = conf_parse(conf, text, len);
	free(text);
	return ret;
}

int conf_load_secret(struct conf *conf)
{
	struct stat st;

	conf->secret = true;
	if (stat(conf->name, &st) < 0) {
		int ret = -errno;

		log_err("%s: %s", conf->name, strerror(-ret));
		return ret;
	}
	if (!S_ISREG(st.st_mode) || st.st_mode & (S_IRWXG | S_IRWXO)) {
		log_err("%s: mode %04o, must be a file that only its owner "
			"can read",
			conf->name, st.st_mode & 07777);
		return -EINVAL;
	}
	return conf_load(conf);
}

int conf_lacks(const struct conf *conf, const char *key)
{
	log_err("%s: no %s", conf->name, key);
	return -EINVAL;
}
