// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/config.h"
#include "capture/drivers.h"
#include "netstream/conf.h"
#include "netstream/log.h"
#include "netstream/target.h"
#include "tests/tap.h"

static struct config config;

static int parse(const char *text)
{
	config_free(&config);
	config_init(&config);
	return config_parse(&config, "test.conf", text, strlen(text));
}

static const char *const example =
	"# where it goes\n"
	"https https://collector.example:8443/files  # first\n"
	"  file\t/var/crash\n"
	"\n"
	"ca \"/etc/barecap/ca.pem\"\n"
	"cert /etc/barecap/client.pem\n"
	"key /etc/barecap/client.key#secret\n"
	"host rack-7.example\n"
	"deadline 600\n"
	"stall_timeout 30\n"
	"chunk_size 256K\n"
	"chunk_checksum yes\n"
	"digest none\n"
	"device_dumps cxgb4 vmcoredd_pci\n"
	"device_dump_timeout 20\n"
	"device_dump_options vmcoredd_pci devices=1425:5410/0@0+0x1000\n"
	"device_dump_options cxgb4 a=1 b-c=\n"
	"clock_floor 1767225600";

static void reads_every_key(void)
{
	CHECK_INT(parse(example), 0);
	CHECK_INT(config.n_targets, 2);
	CHECK_STR(config.targets[0], "https://collector.example:8443/files");
	CHECK_STR(config.targets[1], "file:///var/crash");
	CHECK_STR(config.ca, "/etc/barecap/ca.pem");
	CHECK_STR(config.cert, "/etc/barecap/client.pem");
	CHECK_STR(config.key, "/etc/barecap/client.key");
	CHECK_STR(config.host, "rack-7.example");
	CHECK_INT(config.deadline, 600);
	CHECK_INT(config.stall_timeout, 30);
	CHECK_INT(config.chunk_size, 256 << 10);
	CHECK(config.chunk_checksum);
	CHECK(config.no_digest);
	CHECK_INT(config.clock_floor, 1767225600);
	CHECK(!config.no_device_dumps);
	CHECK_STR(config.device_dumps, "cxgb4 vmcoredd_pci");
	CHECK_INT(config.device_dump_timeout, 20);
	CHECK_INT(config.n_device_dump_options, 2);
	CHECK_STR(config.device_dump_options[0],
		  "vmcoredd_pci devices=1425:5410/0@0+0x1000");
	CHECK_STR(config.device_dump_options[1], "cxgb4 a=1 b-c=");
	CHECK_INT(config_check(&config), 0);
}

static void has_defaults_that_end(void)
{
	CHECK_INT(parse(""), 0);
	CHECK_INT(config.deadline, CONFIG_DEADLINE);
	CHECK_INT(config.stall_timeout, CONFIG_STALL_TIMEOUT);
	CHECK_INT(config.chunk_size, 0);
	CHECK(!config.chunk_checksum);
	CHECK(!config.no_digest);
	CHECK_INT(config.n_targets, 0);
	CHECK(!config.no_device_dumps && !config.device_dumps);
	CHECK_INT(config.device_dump_timeout, 60);
	CHECK_INT(config.n_device_dump_options, 0);
}

static void cuts_and_unquotes_like_kdump_conf(void)
{
	CHECK_INT(parse("ca \t a b\\n \t# c # d\n"), 0);
	CHECK_STR(config.ca, "a b\\n");
	CHECK_INT(parse("ca \" a\"\n"), 0);
	CHECK_STR(config.ca, " a");
	CHECK_INT(parse("ca \"a\" b\n"), 0);
	CHECK_STR(config.ca, "\"a\" b");
	CHECK_INT(parse("ca \"a#b\"\n"), 0);
	CHECK_STR(config.ca, "\"a");
	CHECK_INT(parse("ca '/a'\n"), 0);
	CHECK_STR(config.ca, "'/a'");
}

static void refuses_bad_lines(void)
{
	static const char *const lines[] = {
		"nfs host/export", "Deadline 5",
		"deadline=5",	   "deadline",
		"deadline # 5",	   "deadline#5",
		"deadline \"\"",   "deadline 5\ndeadline 5",
		"ca /a\nca /b",	   "ca a\001b",
		"ca a\rb",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i]) != -EINVAL) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
}

static void refuses_bad_numbers(void)
{
	static const char *const lines[] = {
		"deadline 0",
		"deadline -1",
		"deadline +1",
		"deadline 1s",
		"deadline 0x10",
		"deadline 604801",
		"deadline 18446744073709551616",
		"deadline 18446744073709551617",
		"stall_timeout 0",
		"device_dump_timeout 0",
		"device_dump_timeout 604801",
		"clock_floor 253402300800",
		"chunk_size 65535",
		"chunk_size 63K",
		"chunk_size 5M",
		"chunk_size 4194305",
		"chunk_size 64KB",
		"chunk_size K",
		"chunk_size 17592186044417M",
		"chunk_size 18446744073709551615M",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i]) != -EINVAL) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
	CHECK_INT(parse("deadline 604800\nchunk_size 4m"), 0);
	CHECK_INT(config.chunk_size, TARGET_CHUNK_MAX);
	CHECK_INT(parse("chunk_size 65536"), 0);
}

static void takes_words_as_they_are(void)
{
	static const char *const lines[] = {
		"chunk_checksum 1",  "chunk_checksum YES",
		"chunk_checksum on", "chunk_checksum yes no",
		"digest sha1",	     "digest no",
		"digest SHA256",     "digest sha256 none",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i]) != -EINVAL) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
	CHECK_INT(parse("digest sha256\nchunk_checksum no"), 0);
	CHECK(!config.no_digest && !config.chunk_checksum);
}

static void refuses_bad_targets_and_hosts(void)
{
	static const char *const lines[] = {
		"https http://host/files",
		"https https://",
		"https https:///files",
		"https https://user:password@host/files",
		"https https://host/a b",
		"https file:///var/crash",
		"file https://host/files",
		"file file://host/dir",
		"file var/crash",
		"host a/b",
		"host .hidden",
		"host a b",
		"host 0123456789012345678901234567890123456789"
		"0123456789012345678901234",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i]) != -EINVAL) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
	CHECK_INT(parse("https https://host/@home"), 0);
	CHECK_INT(parse("file file:///a b"), 0);
}

static void device_dumps_are_auto_off_or_names(void)
{
	CHECK_INT(parse("device_dumps auto"), 0);
	CHECK(!config.no_device_dumps && !config.device_dumps);
	CHECK_INT(parse("device_dumps off"), 0);
	CHECK(config.no_device_dumps);
	CHECK_INT(parse("device_dumps offload  snd-x_y"), 0);
	CHECK(!config.no_device_dumps);
	CHECK_STR(config.device_dumps, "offload  snd-x_y");
}

static void refuses_bad_device_dumps(void)
{
	static const char *const lines[] = {
		"device_dumps ../../evil",
		"device_dumps a.ko",
		"device_dumps a,b",
		"device_dumps off cxgb4",
		"device_dumps cxgb4 auto",
		"device_dumps off\ndevice_dumps auto",
		/* 56 bytes */
		"device_dumps n123456789n123456789n123456789"
		"n123456789n123456789n12345",
		"device_dump_options a",
		"device_dump_options a b",
		"device_dump_options a b=1 c",
		"device_dump_options a =1",
		"device_dump_options a b.c=1",
		"device_dump_options a/b c=1",
	};
	char text[64 + 3 * (DRIVERS_MAX + 1)] = "device_dumps";

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i]) != -EINVAL) {
			printf("# accepted: %s\n", lines[i]);
			CHECK(0);
		}
	for (int i = 0; i < DRIVERS_MAX; i++)
		strcat(text, " a");
	CHECK_INT(parse(text), 0);
	CHECK_INT(parse(strcat(text, " a")), -EINVAL);
}

static void counts_options(void)
{
	static const char line[] = "device_dump_options a b=1\n";
	char text[sizeof(line) * (CONFIG_DUMP_OPTIONS_MAX + 1)] = "";

	for (int i = 0; i < CONFIG_DUMP_OPTIONS_MAX; i++)
		strcat(text, line);
	CHECK_INT(parse(text), 0);
	CHECK_INT(config.n_device_dump_options, CONFIG_DUMP_OPTIONS_MAX);
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
	CHECK_INT(parse(example), 0);
	config_take_targets(&config, &other);
	CHECK_INT(config.n_targets, 1);
	CHECK_STR(config.targets[0], "file:///other");
	CHECK_INT(other.n_targets, 0);
	config_free(&other);
}

static void https_needs_both_sides_certificates(void)
{
	CHECK_INT(parse("https https://host/files\nca /a\ncert /b\n"), 0);
	CHECK_INT(config_check(&config), -EINVAL);
	CHECK_INT(parse("https https://host/files\ncert /b\nkey /c\n"), 0);
	CHECK_INT(config_check(&config), -EINVAL);
	CHECK_INT(parse("file /a\n"), 0);
	CHECK_INT(config_check(&config), 0);
}

/* Heap copies of each length, so that ASAN sees a byte read too far. */
static void survives_a_cut_at_every_byte(void)
{
	for (size_t len = 0; len <= strlen(example); len++) {
		char *cut = malloc(len ? len : 1);

		memcpy(cut, example, len);
		config_free(&config);
		config_init(&config);
		config_parse(&config, "cut.conf", cut, len);
		CHECK(config.deadline != 0 && config.stall_timeout != 0);
		free(cut);
	}
}

static void refuses_nul_and_files_too_large(void)
{
	char path[] = "/tmp/test-config.XXXXXX";
	static char text[CONF_FILE_MAX + 1];
	int fd = mkstemp(path);

	memset(text, '\n', sizeof(text));
	CHECK(write(fd, text, CONF_FILE_MAX) == CONF_FILE_MAX);
	config_free(&config);
	CHECK_INT(config_load(&config, path), 0);
	CHECK_INT(write(fd, text, 1), 1);
	CHECK_INT(config_load(&config, path), -EFBIG);
	CHECK_INT(pwrite(fd, "", 1, 3), 1);
	CHECK_INT(ftruncate(fd, 100), 0);
	CHECK_INT(config_load(&config, path), -EINVAL);
	close(fd);
	unlink(path);
	CHECK_INT(config_load(&config, path), -ENOENT);
}

static void says_what_the_vmcore_becomes(void)
{
	CHECK_INT(parse(""), 0);
	CHECK_INT(config.format, FORMAT_KDUMP);
	CHECK_INT(config.dump_level, 31);
	CHECK(config.adaptive);
	CHECK_INT(config.threads, 0);
	CHECK_INT(parse("format elf\ndump_level 0\ncompression zstd:-5\n"
			"threads 64\n"),
		  0);
	CHECK_INT(config.format, FORMAT_ELF);
	CHECK_INT(config.dump_level, 0);
	CHECK(!config.adaptive);
	CHECK_INT(config.compression.codec, CODEC_ZSTD);
	CHECK_INT(config.compression.level, -5);
	CHECK_INT(config.threads, 64);
	CHECK_INT(parse("format raw\n"), -EINVAL);
	CHECK_INT(parse("dump_level 32\n"), -EINVAL);
	CHECK_INT(parse("compression lz4\n"), -EINVAL);
	CHECK_INT(parse("compression zstd:23\n"), -EINVAL);
	CHECK_INT(parse("threads 0\n"), -EINVAL);
	CHECK_INT(parse("threads 65\n"), -EINVAL);
}

static void options_count_instead(void)
{
	CHECK_INT(parse("dump_level 1\ncompression auto\n"), 0);
	CHECK_INT(config_override(&config, "-d", "dump_level", "16"), 0);
	CHECK_INT(config_override(&config, "-z", "compression", "lzo"), 0);
	CHECK_INT(config.dump_level, 16);
	CHECK(!config.adaptive);
	CHECK_INT(config.compression.codec, CODEC_LZO);
	CHECK_INT(config_override(&config, "-d", "dump_level", "x"), -EINVAL);
}

int main(void)
{
	config_init(&config);
	RUN(reads_every_key);
	RUN(has_defaults_that_end);
	RUN(cuts_and_unquotes_like_kdump_conf);
	RUN(refuses_bad_lines);
	RUN(refuses_bad_numbers);
	RUN(takes_words_as_they_are);
	RUN(refuses_bad_targets_and_hosts);
	RUN(device_dumps_are_auto_off_or_names);
	RUN(refuses_bad_device_dumps);
	RUN(counts_options);
	RUN(counts_targets);
	RUN(the_command_lines_targets_count_instead);
	RUN(https_needs_both_sides_certificates);
	RUN(survives_a_cut_at_every_byte);
	RUN(refuses_nul_and_files_too_large);
	RUN(says_what_the_vmcore_becomes);
	RUN(options_count_instead);
	config_free(&config);
	return tap_done();
}
