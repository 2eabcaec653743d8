// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * capture.conf from anywhere: no crash, no leak, no deadline of 0, no target
 * that its transport does not know, and no character in what init's shell is told that means
 * something to it.
 */

#include "netstream/conf.c"
#include "netstream/io.c"
#include "netstream/log.c"
#include "netstream/nfs.c"

#include "capture/config.c"
#include "capture/config-keys.c"
#include "capture/config-makedumpfile.c"
#include "capture/config-target.c"
#include "capture/page-codec.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_program(const char *path)
{
	if (path &&
	    (*path != '/' || strpbrk(path, " \t\n'\"`$&|;<>(){}*?[]\\")))
		abort();
}

static void check_target(const char *url)
{
	struct nfs_url nfs;

	if (!find_scheme(url) ||
	    (!strncmp(url, "nfs:", 4) && nfs_parse_url(&nfs, url) < 0))
		abort();
}

static void check(const struct config *config)
{
	if (!config->deadline || !config->stall_timeout ||
	    !config->hook_timeout || !config->shell_timeout ||
	    config->dump_level > 31 || config->failure_action > ACTION_SHELL ||
	    config->n_targets > CONFIG_TARGETS_MAX)
		abort();
	for (size_t i = 0; i < config->n_targets; i++)
		check_target(config->targets[i]);
	for (size_t i = 0; i < config->n_addresses; i++)
		if (!*config->addresses[i].name ||
		    !*config->addresses[i].address)
			abort();
	check_program(config->kdump_pre);
	check_program(config->kdump_post);
	check_program(config->kdump_emergency);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;

	log_set_level(0);
	config_init(&config);
	if (config_parse(&config, "fuzz", (const char *)data, size) == 0)
		config_check(&config);
	check(&config);
	config_free(&config);
	return 0;
}
