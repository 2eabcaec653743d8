// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/config-keys.h"
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
	free(config->path);
	free(config->nfs_options);
	free(config->s3_endpoint);
	free(config->s3_region);
	free(config->s3_credentials);
	free(config->s3_ca);
	free(config->kdump_pre);
	free(config->kdump_post);
	free(config->kdump_emergency);
	free(config->extra_modules);
	free(config->device_dumps);
	while (config->n_addresses)
		free((char *)config->addresses[--config->n_addresses].name);
	for (size_t i = 0; i < config->n_device_dump_options; i++)
		free(config->device_dump_options[i]);
	config_init(config);
}

/* What is to be done when all lines have been read, or one is wrong. */
static int finish(struct config *config, const struct conf *conf, int ret)
{
	config->file = conf->name;
	memcpy(config->lines, conf->set_in, sizeof(config->lines));
	return ret < 0 ? ret : config_join_path(config);
}

int config_parse(struct config *config, const char *name, const char *text,
		 size_t len)
{
	struct conf conf;

	config_conf(&conf, config, name);
	return finish(config, &conf, conf_parse(&conf, text, len));
}

int config_load(struct config *config, const char *path)
{
	struct conf conf;

	config_conf(&conf, config, path);
	return finish(config, &conf, conf_load(&conf));
}

int config_override(struct config *config, const char *option, const char *key,
		    const char *value)
{
	const char *wrong;
	struct conf conf;

	config_conf(&conf, config, option);
	wrong = conf_set(&conf, key, value);
	if (!wrong)
		return 0;
	log_err("option %s: %s: %s", option, value, wrong);
	return -EINVAL;
}

int config_add_target(struct config *config, const char *url)
{
	const char *wrong;
	struct conf conf;

	config_conf(&conf, config, "-t");
	wrong = config_add_url(&conf, url);
	if (!wrong)
		return 0;
	log_err("option -t: %s", wrong);
	return -EINVAL;
}

void config_take_targets(struct config *config, struct config *from)
{
	clear_targets(config);
	memcpy(config->targets, from->targets, sizeof(config->targets));
	memset(config->target_lines, 0, sizeof(config->target_lines));
	config->n_targets = from->n_targets;
	from->n_targets = 0;
}

int config_check(const struct config *config)
{
	if (!config->n_targets) {
		log_err("%s: no target: neither https, s3, nfs or file here, "
			"nor -t; a disk of this machine is none",
			config->file ? config->file : "no configuration");
		return -EINVAL;
	}
	return config_check_targets(config);
}
