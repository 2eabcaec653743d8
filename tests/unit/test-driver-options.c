// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>

#include "capture/driver-options.h"
#include "tests/tap.h"

static struct config config;
static char text[DRIVER_OPTIONS_LEN];

static void configure(const char *lines)
{
	config_free(&config);
	config_init(&config);
	CHECK_INT(config_parse(&config, "test.conf", lines, strlen(lines)), 0);
}

static const char *options(const char *cmdline, const char *name)
{
	int ret = driver_options(&config, cmdline, name, strlen(name), text);

	return ret < 0 ? strerror(-ret) : text;
}

static void joins_both_sources(void)
{
	configure("device_dump_options snd-x a=1 b=2\n"
		  "device_dump_options snd a=9\n"
		  "device_dump_options snd_x  c=3\n");
	CHECK_STR(options("quiet snd_x.a=4 snd-x.d=5 ip=dhcp\n", "snd_x"),
		  "a=1 b=2 c=3 a=4 d=5");
	CHECK_STR(options("", "snd-x"), "a=1 b=2 c=3");
	CHECK_STR(options("", "snd"), "a=9");
	CHECK_STR(options("", "sn"), "");
	configure("");
	CHECK_STR(options("snd-x.a=1", "snd_x"), "a=1");
}

static void takes_its_own_words_only(void)
{
	configure("");
	CHECK_STR(options("x=a.b=1 aa.b=1 .b=1 a a= a.", "a"), "");
	CHECK_STR(options("x=1 a", "a"), "");
	CHECK_STR(options("b.c=1 a.c=x.y=2", "a"), "c=x.y=2");
	CHECK_STR(options("a.flag", "a"), "flag");
	CHECK_STR(options("x a\ty.b=1", "y"), "b=1");
}

static void keeps_quotes_together(void)
{
	configure("");
	CHECK_STR(options("a.b=\"1 a.c=2\" a.d=3", "a"), "b=\"1 a.c=2\" d=3");
	CHECK_STR(options("a.b=\"1 2", "a"), "b=\"1 2");
	CHECK_STR(options("x=\"a.b=1 a.c=2\"", "a"), "");
}

static void too_much_is_an_error(void)
{
	static char cmdline[DRIVER_OPTIONS_LEN + 16];
	size_t len = DRIVER_OPTIONS_LEN - 6;

	memset(cmdline, 'x', len);
	memcpy(cmdline, "a.b=", 4);
	strcpy(cmdline + len, " a.c=1");
	/* "b=xxx" of len - 2, a blank, "c=1" and the NUL: just enough */
	CHECK_INT(strlen(options(cmdline, "a")), DRIVER_OPTIONS_LEN - 4);
	strcpy(cmdline + len, " a.c=123");
	CHECK_INT(strlen(options(cmdline, "a")), DRIVER_OPTIONS_LEN - 2);
	strcpy(cmdline + len, " a.c=1234");
	CHECK_INT(strlen(options(cmdline, "a")), DRIVER_OPTIONS_LEN - 1);
	strcpy(cmdline + len, " a.c=12345");
	CHECK_STR(options(cmdline, "a"), strerror(E2BIG));
}

int main(void)
{
	config_init(&config);
	RUN(joins_both_sources);
	RUN(takes_its_own_words_only);
	RUN(keeps_quotes_together);
	RUN(too_much_is_an_error);
	config_free(&config);
	return tap_done();
}
