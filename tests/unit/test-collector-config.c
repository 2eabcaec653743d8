// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/config.o
#include <errno.h>

#include "netstream/collector/config.h"
#include "netstream/log.h"
#include "tests/tap.h"

static struct config config;

static int parse(const char *text)
{
	config_init(&config);
	return config_parse(&config, "test.conf", text, strlen(text));
}

static void has_defaults(void)
{
	CHECK_INT(parse(""), 0);
	CHECK_INT(config.max_object, 16ULL << 40);
	CHECK_INT(config.max_chunk, 64 << 20);
	CHECK_INT(config.reserve, 64 << 20);
	CHECK_INT(config.max_connections, 256);
	CHECK_INT(config.stall_timeout, 60);
	CHECK_INT(config.abandon_timeout, 3600);
	CHECK_INT(config.max_sessions, 0);
}

static void reads_every_key(void)
{
	CHECK_INT(parse("# limits\n\n  max_object 2T # as large as it gets\n"
			"max_chunk\t8M\r\nreserve 0\nmax_connections 10\n"
			"stall_timeout 5\nabandon_timeout 0\nmax_sessions 7"),
		  0);
	CHECK_INT(config.max_object, 2ULL << 40);
	CHECK_INT(config.max_chunk, 8 << 20);
	CHECK_INT(config.reserve, 0);
	CHECK_INT(config.max_connections, 10);
	CHECK_INT(config.stall_timeout, 5);
	CHECK_INT(config.abandon_timeout, 0);
	CHECK_INT(config.max_sessions, 7);
}

static void refuses_what_it_does_not_know(void)
{
	static const char *const bad[] = {
		"max_objects 1T",	  "max_object",
		"max_object 1 T",	  "max_object -1",
		"max_object 0",		  "max_object 1P",
		"max_object T",		  "max_object 9223372036854775807K",
		"max_chunk 100",	  "reserve 1.5G",
		"max_connections 0",	  "max_connections 1K",
		"max_connections 65537",  "stall_timeout 0",
		"stall_timeout 5s",	  "reserve 1M\nMAX_CHUNK 1M",
		"reserve 1M\nreserve 1M", "reserve \"1\" M",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(parse(bad[i]), -EINVAL);
	CHECK_INT(config_load(&config, "/nonexistent"), -ENOENT);
}

int main(void)
{
	log_set_level(0);
	RUN(has_defaults);
	RUN(reads_every_key);
	RUN(refuses_what_it_does_not_know);
	return tap_done();
}
