// SPDX-License-Identifier: GPL-2.0-or-later
/* vmcapture(8): sends the vmcore of a crashed kernel to a target. */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "capture/clock.h"
#include "capture/config.h"
#include "capture/deliver.h"
#include "capture/drivers.h"
#include "capture/session.h"
#include "capture/settings.h"
#include "capture/status.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "netstream/version.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DEFAULT_CONFIG "/etc/barecap/capture.conf"
#define DEFAULT_VMCORE "/proc/vmcore"

enum {
	OPT_CHECK = 256,
	OPT_DEADLINE,
	OPT_LOAD_DRIVERS,
	OPT_PROGRESS,
	OPT_ROOT,
	OPT_SETTINGS,
	OPT_HELP,
	OPT_VERSION
};

/* A value above 255 is an option without a letter. */
static const struct {
	int value;
	const char *name; /* of an option without a letter */
	const char *arg;
	const char *help;
} options[] = {
	{ 'c', NULL, "CONF", "read CONF instead of " DEFAULT_CONFIG },
	{ 'i', NULL, "VMCORE", "send VMCORE instead of " DEFAULT_VMCORE },
	{ 't', NULL, "URL", "send to this https, s3, nfs or file URL" },
	{ 'f', NULL, "kdump|elf", "format of the vmcore at the target" },
	{ 'd', NULL, "LEVEL", "leave pages out, as makedumpfile -d; 31" },
	{ 'z', NULL, "CODEC", "auto, zstd[:N], lzo, zlib[:N] or none" },
	{ 'j', NULL, "THREADS", "compress in so many threads" },
	{ 'v', NULL, NULL, "log more" },
	{ OPT_CHECK, "check", NULL, "check the configuration, send nothing" },
	{ OPT_ROOT, "root", "DIR", "check the files below DIR" },
	{ OPT_DEADLINE, "deadline", "SECONDS", "end after so long" },
	{ OPT_PROGRESS, "progress", "FILE", "keep FILE up to date" },
	{ OPT_LOAD_DRIVERS, "load-drivers", NULL,
	  "load device-dump drivers, send nothing" },
	{ OPT_SETTINGS, "settings", NULL, "print what init has to know" },
	{ OPT_HELP, "help", NULL, "print this text" },
	{ OPT_VERSION, "version", NULL, "print the version" },
};

/* Options that say what a key of the configuration says. */
static const struct {
	int option;
	const char *name;
	const char *key;
} overrides[] = {
	{ 'f', "-f", "format" },
	{ 'd', "-d", "dump_level" },
	{ 'z', "-z", "compression" },
	{ 'j', "-j", "threads" },
	{ OPT_DEADLINE, "--deadline", "deadline" },
};

struct arguments {
	const char *config; /* NULL: the default, if it exists */
	const char *vmcore;
	struct config targets; /* nothing but these */
	const char *values[ARRAY_SIZE(overrides)];
	const char *progress; /* file name; NULL: none */
	const char *root; /* of the files to check */
	bool check;
	bool load_drivers;
	bool settings;
};

static void usage(FILE *out)
{
	fprintf(out, "usage: vmcapture [OPTION]...\n");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const char *arg = options[i].arg ? options[i].arg : "";
		char name[32];

		if (options[i].name)
			snprintf(name, sizeof(name), "--%s %s", options[i].name,
				 arg);
		else
			snprintf(name, sizeof(name), "-%c %s", options[i].value,
				 arg);
		fprintf(out, "  %-18s  %s\n", name, options[i].help);
	}
	fprintf(out, "see vmcapture(8)\n");
}

/* getopt_long(), its tables made from ours. */
static int next_option(int argc, char **argv)
{
	struct option longs[ARRAY_SIZE(options) + 1] = { 0 };
	char shorts[2 * ARRAY_SIZE(options) + 1];
	size_t n_shorts = 0, n_longs = 0;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].name) {
			longs[n_longs].name = options[i].name;
			longs[n_longs].has_arg = !!options[i].arg;
			longs[n_longs++].val = options[i].value;
			continue;
		}
		shorts[n_shorts++] = (char)options[i].value;
		if (options[i].arg)
			shorts[n_shorts++] = ':';
	}
	shorts[n_shorts] = '\0';
	return getopt_long(argc, argv, shorts, longs, NULL);
}

static void keep_override(struct arguments *args, int option)
{
	for (size_t i = 0; i < ARRAY_SIZE(overrides); i++)
		if (overrides[i].option == option)
			args->values[i] = optarg;
}

/* Returns a status to exit with, or -1 to go on. */
static int parse_arguments(struct arguments *args, int argc, char **argv)
{
	int option;

	while ((option = next_option(argc, argv)) != -1) {
		switch (option) {
		case 'c':
			args->config = optarg;
			break;
		case 'i':
			args->vmcore = optarg;
			break;
		case 't':
			if (config_add_target(&args->targets, optarg) < 0)
				return EX_USAGE;
			break;
		case 'f':
		case 'd':
		case 'z':
		case 'j':
		case OPT_DEADLINE:
			keep_override(args, option);
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case OPT_CHECK:
			args->check = true;
			break;
		case OPT_LOAD_DRIVERS:
			args->load_drivers = true;
			break;
		case OPT_ROOT:
			args->root = optarg;
			break;
		case OPT_PROGRESS:
			args->progress = optarg;
			break;
		case OPT_SETTINGS:
			args->settings = true;
			break;
		case OPT_HELP:
			usage(stdout);
			return EX_OK;
		case OPT_VERSION:
			printf("vmcapture (barecap) %s\n", BARECAP_VERSION);
			return EX_OK;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	log_err("%s: no such argument", argv[optind]);
	usage(stderr);
	return EX_USAGE;
}

/* What is skipped is said once, not by the runs before the capture too. */
static int load_file(struct config *config, const char *path, bool first)
{
	enum log_level level;
	int ret;

	if (!first)
		return config_load(config, path);
	level = log_set_level(LOG_LEVEL_WARN);
	ret = config_load(config, path);
	log_set_level(level);
	return ret;
}

/* The file, then the command line, whose targets count instead. */
static int load_config(struct config *config, struct arguments *args)
{
	const char *path = args->config ? args->config : DEFAULT_CONFIG;
	bool first = args->load_drivers || args->settings;
	int ret = 0;

	if (args->config || access(path, F_OK) == 0)
		ret = load_file(config, path, first);
	if (args->targets.n_targets)
		config_take_targets(config, &args->targets);
	if (ret || first)
		return ret;
	ret = config_check(config);
	if (!ret && args->check)
		ret = config_check_files(config, args->root);
	return ret;
}

/* A wrong value is one of usage, so it is found before the file's. */
static int override(struct config *config, const struct arguments *args)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(overrides) && !ret; i++)
		if (args->values[i])
			ret = config_override(config, overrides[i].name,
					      overrides[i].key,
					      args->values[i]);
	return ret;
}

static int load_drivers(const struct config *config)
{
	struct drivers drivers;
	int ret;

	ret = chdir("/") < 0 ? -errno : drivers_load(&drivers, config);
	return exit_status(PART_VMCORE, ret);
}

/* Init gets something whatever is wrong with the configuration. */
static int print_settings(struct config *config, int ret)
{
	if (ret < 0) {
		log_err("the configuration is wrong: taking the defaults");
		config_free(config);
	}
	settings_print(config, stdout);
	return exit_status(PART_CONFIG, ret);
}

int main(int argc, char **argv)
{
	struct arguments args = { .vmcore = DEFAULT_VMCORE, .root = "" };
	uint64_t start_ms = now_ms();
	struct session session;
	struct config config;
	int status, ret;

	log_init("vmcapture");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* children that nobody may miss */
	config_init(&config);
	status = parse_arguments(&args, argc, argv);
	if (status >= 0)
		goto out;
	if (override(&config, &args) < 0) {
		status = EX_USAGE;
		goto out;
	}

	ret = load_config(&config, &args);
	if (!ret)
		ret = override(&config, &args);
	status = exit_status(PART_CONFIG, ret);
	if (args.settings)
		status = print_settings(&config, ret);
	if (ret < 0 || args.check || args.settings)
		goto out;
	if (args.load_drivers) {
		status = load_drivers(&config);
		goto out;
	}

	ret = session_open(&session, args.vmcore);
	status = exit_status(PART_VMCORE, ret);
	if (ret < 0)
		goto out;

	if (session.live)
		session.clock_set =
			clock_advance(config.clock_floor, session.crash_time);
	session_name(&session, config.host);
	status = deliver_session(&session, &config, args.progress, start_ms);
	session_close(&session);
out:
	config_free(&args.targets);
	config_free(&config);
	return status;
}
