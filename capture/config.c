// SPDX-License-Identifier: GPL-2.0-or-later

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/config-keys.h"
#include "netstream/io.h"
#include "netstream/log.h"

void config_init(struct config *config)
{
	*config = (struct config){
		.deadline = CONFIG_DEADLINE,
		.stall_timeout = CONFIG_STALL_TIMEOUT,
		.device_dump_timeout = CONFIG_DUMP_TIMEOUT,
		.dump_level = CONFIG_DUMP_LEVEL,
		.adaptive = true,
		.shell_timeout = CONFIG_SHELL_TIMEOUT,
		.hook_timeout = CONFIG_HOOK_TIMEOUT,
		.watchdog = CONFIG_WATCHDOG,
	};
}

static void clear_targets(struct config *config)
{
	while (config->n_targets)
		free(config->targets[--config->n_targets]);
}

void config_free(struct config *config)
{
	clear_targets(config);
	free(config->ca);
	free(config->cert);
	free(config->key);
	free(config->host);
	free(config->device_dumps);
	for (size_t i = 0; i < config->n_device_dump_options; i++)
		free(config->device_dump_options[i]);
	config_init(config);
}

static const char *set_key(struct config *config, const char *name,
			   const char *value)
{
	const struct config_key *key;
	uint64_t bit;
	size_t index;

	key = config_find_key(name, &index);
	if (!key)
		return "unknown key";
	bit = 1ULL << index;
	if ((config->seen & bit) && !key->repeats)
		return "given twice";
	config->seen |= bit;
	if (!*value)
		return "no value";
	return key->set(config, key, value);
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

/* One line, cut up in place. */
static int parse_line(struct config *config, const char *file,
		      unsigned int number, char *line)
{
	const char *wrong;
	char *name, *value;

	name = trim(line);
	if (!*name || *name == '#')
		return 0;
	value = name + strcspn(name, " \t#");
	if (*value && *value != '#')
		*value++ = '\0';
	value[strcspn(value, "#")] = '\0';
	value = unquote(trim(value));

	for (const char *p = value; *p; p++)
		if (iscntrl((unsigned char)*p)) {
			log_err("%s:%u: %.32s: control character in the value",
				file, number, name);
			return -EINVAL;
		}
	wrong = set_key(config, name, value);
	if (!wrong)
		return 0;
	log_err("%s:%u: %.32s: %s", file, number, name, wrong);
	return -EINVAL;
}

int config_parse(struct config *config, const char *name, const char *text,
		 size_t len)
{
	unsigned int number = 1;
	char *copy, *line;
	int ret = 0;

	if (memchr(text, '\0', len)) {
		log_err("%s: not a text file", name);
		return -EINVAL;
	}
	copy = strndup(text, len);
	if (!copy) {
		log_err("%s: %s", name, strerror(ENOMEM));
		return -ENOMEM;
	}
	for (line = copy; line && !ret; number++) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		ret = parse_line(config, name, number, line);
		line = end;
	}
	free(copy);
	return ret;
}

int config_load(struct config *config, const char *path)
{
	char *text;
	size_t len;
	int ret;

	ret = read_file(path, CONFIG_FILE_MAX, &text, &len);
	if (ret < 0) {
		log_err("%s: %s", path, strerror(-ret));
		return ret;
	}
	ret = config_parse(config, path, text, len);
	free(text);
	return ret;
}

int config_override(struct config *config, const char *option, const char *key,
		    const char *value)
{
	const struct config_key *found;
	const char *wrong;
	size_t index;

	found = config_find_key(key, &index);
	wrong = found ? found->set(config, found, value) : "unknown key";

	if (!wrong)
		return 0;
	log_err("option %s: %s: %s", option, value, wrong);
	return -EINVAL;
}

int config_add_target(struct config *config, const char *url)
{
	const char *wrong = config_add_url(config, url);

	if (!wrong)
		return 0;
	log_err("option -t: %s", wrong);
	return -EINVAL;
}

void config_take_targets(struct config *config, struct config *from)
{
	clear_targets(config);
	memcpy(config->targets, from->targets, sizeof(config->targets));
	config->n_targets = from->n_targets;
	from->n_targets = 0;
}

int config_check(const struct config *config)
{
	if (!config->n_targets) {
		log_err("no target: neither in the configuration nor by -t");
		return -EINVAL;
	}
	for (size_t i = 0; i < config->n_targets; i++) {
		if (strncmp(config->targets[i], "https:", 6))
			continue;
		if (config->ca && config->cert && config->key)
			continue;
		log_err("target %s: needs the keys ca, cert and key",
			config->targets[i]);
		return -EINVAL;
	}
	return 0;
}
