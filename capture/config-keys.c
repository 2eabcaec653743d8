// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of capture.conf, and what each takes for a value. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/config-keys.h"
#include "capture/drivers.h"
#include "netstream/target.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *add_url(struct config *config, char *url)
{
	if (!url)
		return strerror(ENOMEM);
	if (config->n_targets == CONFIG_TARGETS_MAX) {
		free(url);
		return "too many targets";
	}
	config->targets[config->n_targets++] = url;
	return NULL;
}

static bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* A URL ends up in log lines, so it must not carry a password. */
static const char *check_url(const char *url)
{
	const char *host = url + strlen("https://");
	size_t len;

	if (starts_with(url, "file://"))
		return url[7] == '/' ? NULL : "not an absolute path";
	if (!starts_with(url, "https://"))
		return "not an https:// or file:/// URL";
	len = strcspn(host, "/?#");
	if (len == 0)
		return "no host in the URL";
	if (memchr(host, '@', len))
		return "user name in the URL";
	return url[strcspn(url, " \t")] ? "blank in the URL" : NULL;
}

const char *config_add_url(struct config *config, const char *url)
{
	const char *wrong = check_url(url);

	return wrong ? wrong : add_url(config, strdup(url));
}

static const char *set_url(struct config *config, const struct config_key *key,
			   const char *value)
{
	const char *wrong = check_url(value);

	if (!wrong && !starts_with(value, key->name))
		wrong = "URL of another scheme";
	return wrong ? wrong : add_url(config, strdup(value));
}

/* A directory, as a URL or as a plain path. */
static const char *set_dir(struct config *config, const struct config_key *key,
			   const char *value)
{
	char *url;

	if (*value != '/')
		return set_url(config, key, value);
	if (asprintf(&url, "file://%s", value) < 0)
		url = NULL;
	return add_url(config, url);
}

static const char *set_string(struct config *config,
			      const struct config_key *key, const char *value)
{
	char **field = (char **)((char *)config + key->off);

	*field = strdup(value);
	return *field ? NULL : strerror(ENOMEM);
}

static const char *set_host(struct config *config, const struct config_key *key,
			    const char *value)
{
	size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.-_");

	if (value[len] || len > CONFIG_HOST_MAX || *value == '.')
		return "not a host name";
	return set_string(config, key, value);
}

static const char *check_driver(const char *name, size_t len)
{
	if (!is_driver_name(name, len))
		return "not the name of a driver";
	if ((len == 4 && starts_with(name, "auto")) ||
	    (len == 3 && starts_with(name, "off")))
		return "auto and off stand alone";
	return NULL;
}

/* auto, off or NAME... */
static const char *set_drivers(struct config *config,
			       const struct config_key *key, const char *value)
{
	const char *name = value, *wrong;
	size_t n = 0, len;

	config->no_device_dumps = !strcmp(value, "off");
	if (config->no_device_dumps || !strcmp(value, "auto"))
		return NULL;
	while (*name) {
		len = strcspn(name, " ");
		wrong = check_driver(name, len);
		if (!wrong && n++ == DRIVERS_MAX)
			wrong = "too many drivers";
		if (wrong)
			return wrong;
		name += len + strspn(name + len, " ");
	}
	return set_string(config, key, value);
}

/* NAME PARAM=VALUE... */
static const char *set_options(struct config *config,
			       const struct config_key *key, const char *value)
{
	size_t *n = &config->n_device_dump_options;
	const char *word = value + strcspn(value, " ");
	size_t len;

	(void)key;
	if (!is_driver_name(value, (size_t)(word - value)))
		return "not the name of a driver";
	if (!*word)
		return "no PARAM=VALUE";
	for (; *word; word += strcspn(word, " ")) {
		word += strspn(word, " ");
		len = strcspn(word, "= ");
		if (!is_driver_name(word, len) || word[len] != '=')
			return "not PARAM=VALUE";
	}
	if (*n == CONFIG_DUMP_OPTIONS_MAX)
		return "too many of them";
	config->device_dump_options[*n] = strdup(value);
	return config->device_dump_options[(*n)++] ? NULL : strerror(ENOMEM);
}

static const char *set_format(struct config *config,
			      const struct config_key *key, const char *value)
{
	(void)key;
	if (!strcmp(value, "kdump"))
		config->format = FORMAT_KDUMP;
	else if (!strcmp(value, "elf"))
		config->format = FORMAT_ELF;
	else
		return "neither kdump nor elf";
	return NULL;
}

static const char *set_compression(struct config *config,
				   const struct config_key *key,
				   const char *value)
{
	(void)key;
	config->adaptive = !strcmp(value, "auto");
	if (config->adaptive || !codec_parse(&config->compression, value))
		return NULL;
	return "not auto, zstd[:LEVEL], lzo, zlib[:LEVEL] or none";
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

static const char *store(struct config *config, const struct config_key *key,
			 uint64_t n)
{
	if (n < key->min || n > key->max)
		return "out of range";
	*(uint64_t *)((char *)config + key->off) = n;
	return NULL;
}

static const char *set_number(struct config *config,
			      const struct config_key *key, const char *value)
{
	const char *end;
	uint64_t n = parse_digits(value, &end);

	if (!end)
		return "out of range";
	if (end == value || *end)
		return "not a number";
	return store(config, key, n);
}

/* Bytes, or with a suffix K or M of 1024 and 1024 * 1024. */
static const char *set_size(struct config *config, const struct config_key *key,
			    const char *value)
{
	const char *end;
	uint64_t n = parse_digits(value, &end);
	unsigned int shift = 0;

	if (!end || n > UINT64_MAX >> 20)
		return "out of range";
	if (*end == 'K' || *end == 'k')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	if (end == value || end[shift != 0])
		return "not a size";
	return store(config, key, n << shift);
}

static const char *set_bool(struct config *config, const struct config_key *key,
			    const char *value)
{
	bool yes = !strcmp(value, "yes");

	*(bool *)((char *)config + key->off) = yes;
	return yes || !strcmp(value, "no") ? NULL : "neither yes nor no";
}

static const char *set_digest(struct config *config,
			      const struct config_key *key, const char *value)
{
	(void)key;
	config->no_digest = !strcmp(value, "none");
	return config->no_digest || !strcmp(value, "sha256")
		       ? NULL
		       : "neither sha256 nor none";
}

#define FIELD(name) offsetof(struct config, name)

static const struct config_key keys[] = {
	{ .name = "https", .set = set_url, .repeats = true },
	{ .name = "file", .set = set_dir, .repeats = true },
	{ .name = "ca", .set = set_string, .off = FIELD(ca) },
	{ .name = "cert", .set = set_string, .off = FIELD(cert) },
	{ .name = "key", .set = set_string, .off = FIELD(key) },
	{ .name = "host", .set = set_host, .off = FIELD(host) },
	{ .name = "deadline",
	  .set = set_number,
	  .off = FIELD(deadline),
	  .min = 1,
	  .max = CONFIG_SECONDS_MAX },
	{ .name = "stall_timeout",
	  .set = set_number,
	  .off = FIELD(stall_timeout),
	  .min = 1,
	  .max = CONFIG_SECONDS_MAX },
	{ .name = "chunk_size",
	  .set = set_size,
	  .off = FIELD(chunk_size),
	  .min = TARGET_CHUNK_MIN,
	  .max = TARGET_CHUNK_MAX },
	{ .name = "chunk_checksum",
	  .set = set_bool,
	  .off = FIELD(chunk_checksum) },
	{ .name = "digest", .set = set_digest },
	{ .name = "clock_floor",
	  .set = set_number,
	  .off = FIELD(clock_floor),
	  .max = CONFIG_CLOCK_MAX },
	{ .name = "device_dumps",
	  .set = set_drivers,
	  .off = FIELD(device_dumps) },
	{ .name = "device_dump_timeout",
	  .set = set_number,
	  .off = FIELD(device_dump_timeout),
	  .min = 1,
	  .max = CONFIG_SECONDS_MAX },
	{ .name = "format", .set = set_format },
	{ .name = "dump_level",
	  .set = set_number,
	  .off = FIELD(dump_level),
	  .max = 31 },
	{ .name = "compression", .set = set_compression },
	{ .name = "threads",
	  .set = set_number,
	  .off = FIELD(threads),
	  .min = 1,
	  .max = CONFIG_THREADS_MAX },
	{ .name = "device_dump_options", .set = set_options, .repeats = true },
};

const struct config_key *config_find_key(const char *name, size_t *index)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, name))
			continue;
		*index = i;
		return &keys[i];
	}
	return NULL;
}
