// SPDX-License-Identifier: GPL-2.0-or-later
#include "netstream/collector/config.h"
#include "netstream/conf.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FIELD(name) offsetof(struct config, name)

static const struct conf_key keys[] = {
	{ .name = "max_object",
	  .set = conf_set_size,
	  .off = FIELD(max_object),
	  .min = 1,
	  .max = INT64_MAX },
	{ .name = "max_chunk",
	  .set = conf_set_size,
	  .off = FIELD(max_chunk),
	  .min = 4096,
	  .max = 1ULL << 40 },
	{ .name = "reserve",
	  .set = conf_set_size,
	  .off = FIELD(reserve),
	  .max = INT64_MAX },
	{ .name = "max_connections",
	  .set = conf_set_number,
	  .off = FIELD(max_connections),
	  .min = 1,
	  .max = 65536 },
	{ .name = "max_sessions",
	  .set = conf_set_number,
	  .off = FIELD(max_sessions),
	  .max = 65536 },
	{ .name = "stall_timeout",
	  .set = conf_set_number,
	  .off = FIELD(stall_timeout),
	  .min = 1,
	  .max = 86400 },
	{ .name = "abandon_timeout",
	  .set = conf_set_number,
	  .off = FIELD(abandon_timeout),
	  .max = INT32_MAX },
};

void config_init(struct config *config)
{
	*config = (struct config){
		.max_object = 16ULL << 40,
		.max_chunk = 64ULL << 20,
		.reserve = 64ULL << 20,
		.max_connections = 256,
		.stall_timeout = 60,
		.abandon_timeout = 3600,
	};
}

_Static_assert(ARRAY_SIZE(keys) <= CONF_KEYS_MAX, "table of keys");

int config_parse(struct config *config, const char *path, const char *text,
		 size_t len)
{
	struct conf conf;

	conf_init(&conf, path, keys, ARRAY_SIZE(keys), config);
	return conf_parse(&conf, text, len);
}

int config_load(struct config *config, const char *path)
{
	struct conf conf;

	conf_init(&conf, path, keys, ARRAY_SIZE(keys), config);
	return conf_load(&conf);
}
