// SPDX-License-Identifier: GPL-2.0-or-later
/* vmcollectd's configuration from anywhere: no crash, and limits that are. */

#include "netstream/conf.c"
#include "netstream/io.c"
#include "netstream/log.c"

#include "netstream/collector/config.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;

	log_set_level(0);
	config_init(&config);
	config_parse(&config, "fuzz", (const char *)data, size);
	if (!config.max_object || config.max_object > INT64_MAX ||
	    config.max_chunk < 4096 || config.reserve > INT64_MAX ||
	    !config.max_connections || !config.stall_timeout)
		abort();
	return 0;
}
