// SPDX-License-Identifier: GPL-2.0-or-later
/* capture.conf from anywhere: no crash, no leak, and no deadline of 0. */

#include "capture/config.c"
#include "capture/config-keys.c"
#include "capture/page-codec.c"
#include "netstream/io.c"
#include "netstream/log.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;

	log_set_level(0);
	config_init(&config);
	if (config_parse(&config, "fuzz", (const char *)data, size) == 0)
		config_check(&config);
	if (!config.deadline || !config.stall_timeout ||
	    config.n_targets > CONFIG_TARGETS_MAX)
		abort();
	config_free(&config);
	return 0;
}
