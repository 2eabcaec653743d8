// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdlib.h>

#include "capture/settings.h"
#include "tests/tap.h"

static char *print(const struct config *config)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out) {
		settings_print(config, out);
		fclose(out);
	}
	return text;
}

static void prints_the_defaults(void)
{
	struct config config;
	char *text;

	config_init(&config);
	text = print(&config);
	CHECK_STR(text, "deadline=1800\n"
			"stall_timeout=120\n"
			"hook_timeout=60\n"
			"shell_timeout=300\n"
			"watchdog=60\n"
			"final_action=reboot\n"
			"failure_action=reboot\n"
			"kdump_pre=\n"
			"kdump_post=\n"
			"kdump_emergency=\n");
	free(text);
}

static void prints_what_is_set(void)
{
	struct config config = {
		.deadline = 900,
		.watchdog = 0,
		.final_action = ACTION_POWEROFF,
		.failure_action = ACTION_SHELL,
		.kdump_pre = (char *)"/usr/bin/Pre-1.sh",
	};
	char *text = print(&config);

	CHECK(strstr(text, "deadline=900\n"));
	CHECK(strstr(text, "watchdog=0\n"));
	CHECK(strstr(text, "final_action=poweroff\n"));
	CHECK(strstr(text, "failure_action=shell\n"));
	CHECK(strstr(text, "kdump_pre=/usr/bin/Pre-1.sh\n"));
	free(text);
}

static void leaves_out_what_a_shell_would_look_at_twice(void)
{
	static const char *const bad[] = {
		"/a b",	 "/a;reboot", "/$HOME", "/a`b`", "/a\nfinal_action=x",
		"/a'b'", "/*",	      "pre.sh", "",	 "/\xc3\xa4",
	};
	struct config config;

	config_init(&config);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text;

		config.kdump_pre = (char *)bad[i];
		text = print(&config);
		CHECK(strstr(text, "kdump_pre=\nkdump_post=\n"));
		free(text);
	}
}

int main(void)
{
	RUN(prints_the_defaults);
	RUN(prints_what_is_set);
	RUN(leaves_out_what_a_shell_would_look_at_twice);
	return tap_done();
}
