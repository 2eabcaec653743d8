/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations that are written down in a test. */
#ifndef TESTS_UNIT_CONFIG_TEXT_H
#define TESTS_UNIT_CONFIG_TEXT_H

#include <errno.h>

#include "capture/config.h"
#include "tests/tap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct config config;

static int parse(const char *text)
{
	config_free(&config);
	return config_parse(&config, "test.conf", text, strlen(text));
}

static void check_refused(const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (parse(texts[i]) != -EINVAL) {
			printf("# accepted: %s\n", texts[i]);
			CHECK(0);
		}
}

#endif
