// SPDX-License-Identifier: GPL-2.0-or-later

#include "capture/drivers.h"
#include "netstream/target.h"
#include "tests/unit/config-text.h"

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
	"s3 s3://bucket/pre/fix\n"
	"nfs nfs://[2001:db8::20]:2049/export/dir\n"
	"nfs_options vers=4.1,proto=tcp\n"
	"s3_endpoint https://store.example:8080\n"
	"s3_region eu-central-1\n"
	"s3_credentials /etc/barecap/s3.keys\n"
	"s3_ca /etc/barecap/store.pem\n"
	"s3_max_parts 1000\n"
	"address collector.example 192.0.2.10\n"
	"address store.example   2001:db8::30\n"
	"final_action poweroff\n"
	"failure_action shell\n"
	"shell_timeout 60\n"
	"kdump_pre /etc/pre\n"
	"kdump_post /etc/post\n"
	"kdump_emergency /etc/emergency\n"
	"hook_timeout 5\n"
	"extra_modules bonding 8021q\n"
	"watchdog off\n"
	"clock_floor 1767225600";

static void reads_what_targets_need(void)
{
	CHECK_INT(parse(example), 0);
	CHECK_INT(config.n_targets, 4);
	CHECK_STR(config.targets[0], "https://collector.example:8443/files");
	CHECK_STR(config.targets[1], "file:///var/crash");
	CHECK_STR(config.targets[2], "s3://bucket/pre/fix");
	CHECK_STR(config.targets[3], "nfs://[2001:db8::20]:2049/export/dir");
	CHECK_STR(config.nfs_options, "vers=4.1,proto=tcp");
	CHECK_STR(config.s3_endpoint, "https://store.example:8080");
	CHECK_STR(config.s3_region, "eu-central-1");
	CHECK_STR(config.s3_credentials, "/etc/barecap/s3.keys");
	CHECK_STR(config.s3_ca, "/etc/barecap/store.pem");
	CHECK_INT(config.s3_max_parts, 1000);
	CHECK_INT(config.n_addresses, 2);
	CHECK_STR(config.addresses[0].name, "collector.example");
	CHECK_STR(config.addresses[0].address, "192.0.2.10");
	CHECK_STR(config.addresses[1].name, "store.example");
	CHECK_STR(config.addresses[1].address, "2001:db8::30");
}

static void reads_what_happens_around_the_capture(void)
{
	CHECK_INT(parse(example), 0);
	CHECK_INT(config.final_action, ACTION_POWEROFF);
	CHECK_INT(config.failure_action, ACTION_SHELL);
	CHECK_INT(config.shell_timeout, 60);
	CHECK_STR(config.kdump_pre, "/etc/pre");
	CHECK_STR(config.kdump_post, "/etc/post");
	CHECK_STR(config.kdump_emergency, "/etc/emergency");
	CHECK_INT(config.hook_timeout, 5);
	CHECK_STR(config.extra_modules, "bonding 8021q");
	CHECK_INT(config.watchdog, 0);
	CHECK_INT(parse("watchdog 10"), 0);
	CHECK_INT(config.watchdog, 10);
}

static void reads_every_key(void)
{
	CHECK_INT(parse(example), 0);
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
	CHECK_INT(config.n_addresses, 0);
	CHECK_INT(config.s3_max_parts, 0);
	CHECK_INT(config.final_action, ACTION_REBOOT);
	CHECK_INT(config.failure_action, ACTION_REBOOT);
	CHECK_INT(config.shell_timeout, 300);
	CHECK_INT(config.hook_timeout, 60);
	CHECK_INT(config.watchdog, 60);
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

	check_refused(lines, ARRAY_SIZE(lines));
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
		"s3_max_parts 9",
		"s3_max_parts 10001",
		"shell_timeout 0",
		"hook_timeout 0",
		"watchdog 0",
		"watchdog 3601",
		"watchdog on",
	};

	check_refused(lines, ARRAY_SIZE(lines));
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
		"final_action none", "failure_action Reboot",
	};

	check_refused(lines, ARRAY_SIZE(lines));
	CHECK_INT(parse("digest sha256\nchunk_checksum no"), 0);
	CHECK(!config.no_digest && !config.chunk_checksum);
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
		"extra_modules a.ko",
		"extra_modules /lib/a",
		"kdump_pre pre",
		"kdump_pre /etc/pre.sh;reboot",
		"kdump_post /etc/post 1",
	};
	char text[64 + 3 * (DRIVERS_MAX + 1)] = "device_dumps";

	check_refused(lines, ARRAY_SIZE(lines));
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

/* Nothing that is read in part is lost or freed twice. */
static void survives_a_cut_at_every_byte(void)
{
	for (size_t len = 0; len <= strlen(example); len++) {
		config_free(&config);
		config_parse(&config, "cut.conf", example, len);
		CHECK(config.deadline != 0 && config.stall_timeout != 0);
	}
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
	RUN(reads_what_targets_need);
	RUN(reads_what_happens_around_the_capture);
	RUN(reads_every_key);
	RUN(has_defaults_that_end);
	RUN(refuses_bad_lines);
	RUN(refuses_bad_numbers);
	RUN(takes_words_as_they_are);
	RUN(device_dumps_are_auto_off_or_names);
	RUN(refuses_bad_device_dumps);
	RUN(counts_options);
	RUN(survives_a_cut_at_every_byte);
	RUN(says_what_the_vmcore_becomes);
	RUN(options_count_instead);
	config_free(&config);
	return tap_done();
}
