// SPDX-License-Identifier: GPL-2.0-or-later
/* What kdump.conf says, and what becomes of it. */

#include "netstream/log.h"
#include "tests/unit/config-text.h"

static void reads_a_stock_file(void)
{
	CHECK_INT(config_load(&config, "tests/data/kdump-stock.conf"), 0);
	CHECK_INT(config.n_targets, 0);
	CHECK_STR(config.path, "/var/crash");
	CHECK_INT(config.format, FORMAT_KDUMP);
	CHECK_INT(config.dump_level, 31);
	CHECK(!config.adaptive);
	CHECK_INT(config.compression.codec, CODEC_LZO);
	CHECK_INT(config_check(&config), -EINVAL);
	CHECK_INT(config_add_target(&config, "nfs://host/export"), 0);
	CHECK_INT(config_check(&config), 0);
	CHECK_STR(config.targets[0], "nfs://host/export");
	config_free(&config);
}

static void reads_one_for_nfs(void)
{
	CHECK_INT(config_load(&config, "tests/data/kdump-nfs.conf"), 0);
	CHECK_INT(config_check(&config), 0);
	CHECK_INT(config.n_targets, 1);
	CHECK_STR(config.targets[0],
		  "nfs://[2001:db8::20]/export/crash/var/crash");
	CHECK_INT(config.dump_level, 17);
	CHECK_INT(config.compression.codec, CODEC_ZLIB);
	CHECK_INT(config.threads, 2);
	CHECK_STR(config.extra_modules, "bonding 8021q");
	CHECK_STR(config.kdump_pre, "/etc/kdump/first.sh");
	CHECK_INT(config.failure_action, ACTION_POWEROFF);
	CHECK_INT(config.final_action, ACTION_HALT);
	config_free(&config);
}

/* Whatever the order of lines is; a URL says everything itself. */
static void path_is_below_the_exports(void)
{
	static const struct {
		const char *text;
		const char *first, *second;
	} cases[] = {
		{ "path a/b\nnfs h:/x\nnfs [::1]:/y", "nfs://h/x/a/b",
		  "nfs://[::1]/y/a/b" },
		{ "nfs h:/\nnfs nfs://h/x\npath /a", "nfs://h/a", "nfs://h/x" },
		{ "nfs h:/x/y\nfile /z\npath /", "nfs://h/x/y/", "file:///z" },
		{ "nfs h:/x\nnfs h:/y", "nfs://h/x", "nfs://h/y" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CHECK_INT(parse(cases[i].text), 0);
		CHECK_INT(config.n_targets, 2);
		CHECK_STR(config.targets[0], cases[i].first);
		CHECK_STR(config.targets[1], cases[i].second);
	}
}

static void maps_core_collector(void)
{
	static const struct {
		const char *command;
		enum dump_format format;
		unsigned int level;
		enum page_codec codec;
		unsigned int threads;
	} cases[] = {
		{ "makedumpfile", FORMAT_KDUMP, 0, CODEC_NONE, 0 },
		{ "makedumpfile -l --message-level 7 -d 31", FORMAT_KDUMP, 31,
		  CODEC_LZO, 0 },
		{ "/usr/sbin/makedumpfile -c -d16", FORMAT_KDUMP, 16,
		  CODEC_ZLIB, 0 },
		{ "makedumpfile -zd 1 --num-threads=4", FORMAT_KDUMP, 1,
		  CODEC_ZSTD, 4 },
		{ "makedumpfile  -Fl  -d 31  --message-level=1", FORMAT_KDUMP,
		  31, CODEC_LZO, 0 },
		{ "makedumpfile -E -d 31 --num-threads 0", FORMAT_ELF, 31,
		  CODEC_NONE, 0 },
		{ "cp", FORMAT_ELF, 0, CODEC_NONE, 0 },
		{ "/bin/scp -q", FORMAT_ELF, 0, CODEC_NONE, 0 },
	};
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(line, sizeof(line), "core_collector %s\n",
			 cases[i].command);
		CHECK_INT(parse(line), 0);
		CHECK_INT(config.format, cases[i].format);
		CHECK_INT(config.dump_level, cases[i].level);
		CHECK(!config.adaptive);
		CHECK_INT(config.compression.codec, cases[i].codec);
		CHECK_INT(config.threads, cases[i].threads);
	}
}

static void refuses_other_core_collectors(void)
{
	static const char *const lines[] = {
		"core_collector dd",
		"core_collector \"  \"",
		"core_collector /",
		"core_collector makedumpfile -p",
		"core_collector makedumpfile -l -z",
		"core_collector makedumpfile -E -l",
		"core_collector makedumpfile -X",
		"core_collector makedumpfile -",
		"core_collector makedumpfile --",
		"core_collector makedumpfile --=1",
		"core_collector makedumpfile --split",
		"core_collector makedumpfile --l",
		"core_collector makedumpfile -d",
		"core_collector makedumpfile -d 32",
		"core_collector makedumpfile -d 31,17",
		"core_collector makedumpfile -d -l",
		"core_collector makedumpfile --num-threads",
		"core_collector makedumpfile --num-threads=65",
		"core_collector makedumpfile /proc/vmcore",
	};

	check_refused(lines, ARRAY_SIZE(lines));
}

static void core_collector_says_three_keys(void)
{
	static const char *const lines[] = {
		"dump_level 1\ncore_collector makedumpfile -d 1",
		"core_collector makedumpfile -d 1\ndump_level 1",
		"core_collector makedumpfile\nformat kdump",
		"core_collector cp\ncompression none",
		"core_collector makedumpfile --num-threads 2\nthreads 2",
		"core_collector cp\ncore_collector cp",
	};

	check_refused(lines, ARRAY_SIZE(lines));
	CHECK_INT(parse("core_collector makedumpfile -l\nthreads 3"), 0);
	CHECK_INT(config.threads, 3);
	CHECK_INT(config_override(&config, "-d", "dump_level", "8"), 0);
	CHECK_INT(config.dump_level, 8);
}

static void refuses_what_would_not_happen(void)
{
	static const char *const lines[] = {
		"ssh root@host",
		"raw /dev/sda5",
		"ext2 LABEL=/boot",
		"ext3 LABEL=/boot",
		"ext4 UUID=03138356-5e61-4ab3-b58e-27507ac41937",
		"xfs /dev/vg/lv",
		"btrfs /dev/sda1",
		"minix /dev/sda1",
		"virtiofs myfs",
		"fence_kdump_args -p 7410",
		"fence_kdump_nodes node1 node2",
		"net host:/export",
		"options bonding mode=1",
		"blacklist nouveau",
		"link_delay 60",
		"disk_timeout 60",
		"debug_mem_level 0",
		"failure_action dump_to_rootfs",
		"default dump_to_rootfs",
		"final_action dump_to_rootfs",
		"dracut_args --mount \"h:/a /mnt nfs defaults\"",
		"default shell\nfailure_action shell",
	};

	check_refused(lines, ARRAY_SIZE(lines));
}

static void skips_what_means_nothing(void)
{
	CHECK_INT(parse("auto_reset_crashkernel no\nforce_rebuild 1\n"
			"force_no_rebuild 0\nextra_bins /bin/a /bin/b\n"
			"dracut_args --omit-drivers \"a b\"\n"
			"sshkey /root/.ssh/kdump_id_rsa\nfile /a\n"),
		  0);
	CHECK_INT(config_check(&config), 0);
	CHECK_INT(parse("extra_bins"), -EINVAL);
}

int main(void)
{
	log_set_level(0);
	config_init(&config);
	RUN(reads_a_stock_file);
	RUN(reads_one_for_nfs);
	RUN(path_is_below_the_exports);
	RUN(maps_core_collector);
	RUN(refuses_other_core_collectors);
	RUN(core_collector_says_three_keys);
	RUN(refuses_what_would_not_happen);
	RUN(skips_what_means_nothing);
	config_free(&config);
	return tap_done();
}
