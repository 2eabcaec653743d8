// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "netstream/collector/config.h"
#include "netstream/collector/request.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define FILE_MAX 65536

static const struct key {
	const char *name;
	size_t offset;
	uint64_t min, max;
	bool is_size;
} keys[] = {
	{ "max_object", offsetof(struct config, max_object), 1, INT64_MAX,
	  true },
	{ "max_chunk", offsetof(struct config, max_chunk), 4096, 1ULL << 40,
	  true },
	{ "reserve", offsetof(struct config, reserve), 0, INT64_MAX, true },
	{ "max_connections", offsetof(struct config, max_connections), 1, 65536,
	  false },
	{ "stall_timeout", offsetof(struct config, stall_timeout), 1, 86400,
	  false },
};
#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

void config_init(struct config *config)
{
	*config = (struct config){
		.max_object = 16ULL << 40,
		.max_chunk = 64ULL << 20,
		.reserve = 64ULL << 20,
		.max_connections = 256,
		.stall_timeout = 60,
	};
}

/* Cuts the suffix off. */
static int parse_size(char *text, uint64_t *ret)
{
	static const char suffixes[] = "KMGT";
	size_t len = strlen(text);
	const char *suffix = len ? strchr(suffixes, text[len - 1]) : NULL;
	unsigned int shift = 0;
	uint64_t v;

	if (suffix) {
		shift = 10 * (unsigned int)(suffix - suffixes + 1);
		text[len - 1] = '\0';
	}
	if (request_number(text, &v) < 0 || v > (uint64_t)INT64_MAX >> shift)
		return -EINVAL;
	*ret = v << shift;
	return 0;
}

static const char *set(struct config *config, const char *name, char *value)
{
	const struct key *key = keys;
	uint64_t v;
	int ret;

	while (key < keys + N_KEYS && strcmp(key->name, name))
		key++;
	if (key == keys + N_KEYS)
		return "unknown key";
	if (!value || strtok(NULL, " \t"))
		return "one value expected";
	ret = key->is_size ? parse_size(value, &v) : request_number(value, &v);
	if (ret < 0)
		return key->is_size ? "not a size (123, 64M, 16T)"
				    : "not a number";
	if (v < key->min || v > key->max)
		return "out of range";
	memcpy((char *)config + key->offset, &v, sizeof(v));
	return NULL;
}

int config_parse(struct config *config, const char *path, char *text)
{
	const char *why;
	char *line, *name;
	unsigned int n = 0;

	while ((line = strsep(&text, "\n"))) {
		n++;
		line[strcspn(line, "#\r")] = '\0';
		name = strtok(line, " \t");
		if (!name)
			continue;
		why = set(config, name, strtok(NULL, " \t"));
		if (why) {
			log_err("%s:%u: %s: %s", path, n, name, why);
			return -EINVAL;
		}
	}
	return 0;
}

int config_load(struct config *config, const char *path)
{
	char *text;
	int ret;

	ret = read_file(path, FILE_MAX, &text, NULL);
	if (ret < 0) {
		log_err("%s: %s", path, strerror(-ret));
		return ret;
	}
	ret = config_parse(config, path, text);
	free(text);
	return ret;
}
