// SPDX-License-Identifier: GPL-2.0-or-later
/* Targets in the configuration. */

#include "netstream/log.h"
#include "tests/unit/config-text.h"

static void refuses_bad_targets_and_hosts(void)
{
	static const char *const lines[] = {
		"https http://host/files",
		"https https://",
		"https https:///files",
		"https https://user:password@host/files",
		"https https://host/a b",
		"https https://host:/files",
		"https https://host:65536/files",
		"https https://host:80:80/files",
		"https https://ho%73t/files",
		"https https://[::1/files",
		"https https://[::1]a/files",
		"https https://host\\@other/files",
		"https file:///var/crash",
		"file https://host/files",
		"file file://host/dir",
		"file var/crash",
		"host a/b",
		"s3 https://host/bucket",
		"s3 s3://",
		"s3 s3://ab",
		"s3 s3:///bucket",
		"s3 s3://-bucket",
		"s3 s3://bucket-",
		"s3 s3://key:secret@bucket",
		"s3 s3://bucket//a",
		"s3 s3://bucket/a/../b",
		"s3 s3://bucket/a b",
		"s3 s3://bucket/a?b",
		"s3 s3://a123456789b123456789c123456789d123456789e123456789"
		"f123456789g123",
		"nfs host",
		"nfs host:export",
		"nfs :/export",
		"nfs user@host:/export",
		"nfs 2001:db8::20:/export",
		"nfs [2001:db8::20:/export",
		"nfs [host]:/export",
		"nfs [2001:db8::20]x:/export",
		"nfs host:/a//b",
		"nfs host:/a/./b",
		"nfs host:/a/..",
		"nfs nfs://host",
		"nfs nfs://host:/export",
		"nfs nfs://host:0/export",
		"nfs nfs://host:65536/export",
		"nfs nfs://host:2049x/export",
		"nfs nfs://host:20:49/export",
		"nfs file:///export",
		"nfs_options vers=4.1 soft",
		"path a//b",
		"path ..",
		"path /a/b/../c",
		"address host",
		"address host 192.0.2",
		"address host 192.0.2.1 192.0.2.2",
		"address host other",
		"address /a 192.0.2.1",
		"s3_endpoint http://host",
		"s3_endpoint https://",
		"s3_endpoint https://host/path",
		"s3_endpoint https://user@host",
		"s3_endpoint https://host:0",
		"s3_endpoint https://host?a",
		"s3_endpoint host:8080",
		"s3_region eu/central",
		"host .hidden",
		"host a b",
		"host 0123456789012345678901234567890123456789"
		"0123456789012345678901234",
	};

	check_refused(lines, ARRAY_SIZE(lines));
	CHECK_INT(parse("https https://host/@home"), 0);
	CHECK_INT(parse("https https://host\nhttps https://[::1]:8443/a?b=c\n"
			"https https://192.0.2.1:1?a/b"),
		  0);
	CHECK_INT(parse("file file:///a b"), 0);
	CHECK_INT(parse("s3 s3://my.old_Bucket/\ns3 s3://abc\n"
			"nfs host:/\nnfs nfs://192.0.2.1:65535/a/\n"
			"s3_endpoint https://[::1]:8080"),
		  0);
}

static void limits_the_length_of_paths(void)
{
	char text[3 * CONFIG_PATH_MAX + 64], path[CONFIG_PATH_MAX + 1];

	memset(path, 'a', CONFIG_PATH_MAX);
	path[CONFIG_PATH_MAX] = '\0';
	snprintf(text, sizeof(text), "nfs host:/%s\npath /%s\ns3 s3://abc/%s",
		 path, path, path);
	CHECK_INT(parse(text), 0);
	snprintf(text, sizeof(text), "nfs host:/%sb", path);
	CHECK_INT(parse(text), -EINVAL);
	snprintf(text, sizeof(text), "path %sb", path);
	CHECK_INT(parse(text), -EINVAL);
	snprintf(text, sizeof(text), "https https://%.*s/", CONFIG_NAME_MAX,
		 path);
	CHECK_INT(parse(text), 0);
	snprintf(text, sizeof(text), "https https://%.*s/", CONFIG_NAME_MAX + 1,
		 path);
	CHECK_INT(parse(text), -EINVAL);
}

static void counts_addresses(void)
{
	static const char line[] = "address a 192.0.2.1\n";
	char text[sizeof(line) * (CONFIG_ADDRESSES_MAX + 1)] = "";

	for (int i = 0; i < CONFIG_ADDRESSES_MAX; i++)
		strcat(text, line);
	CHECK_INT(parse(text), 0);
	CHECK_INT(config.n_addresses, CONFIG_ADDRESSES_MAX);
	CHECK_INT(parse(strcat(text, line)), -EINVAL);
}

static void counts_targets(void)
{
	CHECK_INT(parse(""), 0);
	for (int i = 0; i < CONFIG_TARGETS_MAX; i++)
		CHECK_INT(config_add_target(&config, "file:///a"), 0);
	CHECK_INT(config_add_target(&config, "file:///b"), -EINVAL);
	CHECK_INT(parse(""), 0);
	CHECK_INT(config_check(&config), -EINVAL);
	CHECK_INT(config_add_target(&config, "ftp://host"), -EINVAL);
}

static void the_command_lines_targets_count_instead(void)
{
	struct config other;

	config_init(&other);
	CHECK_INT(config_add_target(&other, "file:///other"), 0);
	CHECK_INT(parse("file /a\nfile /b"), 0);
	config_take_targets(&config, &other);
	CHECK_INT(config.n_targets, 1);
	CHECK_STR(config.targets[0], "file:///other");
	CHECK_INT(other.n_targets, 0);
	config_free(&other);
}

static void each_scheme_needs_something_else(void)
{
	static const char *const missing[] = {
		"https https://host/files\nca /a\ncert /b\n",
		"https https://host/files\ncert /b\nkey /c\n",
		"s3 s3://bucket\nca /a\ns3_region r",
		"s3 s3://bucket\nca /a\ns3_credentials /k",
		"s3 s3://bucket\ns3_region r\ns3_credentials /k",
		"file /a\nhttps https://host/files",
	};
	static const char *const enough[] = {
		"https https://host/files\nca /a\ncert /b\nkey /c",
		"s3 s3://bucket\nca /a\ns3_region r\ns3_credentials /k",
		"s3 s3://bucket\ns3_ca /a\ns3_endpoint https://s\n"
		"s3_credentials /k",
		"nfs nfs://host/export",
		"file /a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		CHECK_INT(parse(missing[i]), 0);
		CHECK_INT(config_check(&config), -EINVAL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(enough); i++) {
		CHECK_INT(parse(enough[i]), 0);
		CHECK_INT(config_check(&config), 0);
	}
}

int main(void)
{
	log_set_level(0);
	config_init(&config);
	RUN(refuses_bad_targets_and_hosts);
	RUN(limits_the_length_of_paths);
	RUN(counts_addresses);
	RUN(counts_targets);
	RUN(the_command_lines_targets_count_instead);
	RUN(each_scheme_needs_something_else);
	config_free(&config);
	return tap_done();
}
