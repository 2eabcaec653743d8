/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.conf, whose lines netstream/conf.h reads: where the vmcore goes,
 * what it becomes, and what happens around it.  kdump.conf's keys are known
 * too: those that mean something here count, others are skipped or refused.
 */
#ifndef CAPTURE_CONFIG_H
#define CAPTURE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/page-codec.h"
#include "netstream/conf.h"
#include "netstream/target.h"

#define CONFIG_TARGETS_MAX 16
#define CONFIG_HOST_MAX 64
#define CONFIG_NAME_MAX 253 /* of a host in a URL: RFC 1035, 2.3.4 */
/* A target's path; two of them are less than NFS's 1023 and S3's 1024. */
#define CONFIG_PATH_MAX 480
#define CONFIG_SECONDS_MAX (7 * 24 * 60 * 60) /* a week */
#define CONFIG_CLOCK_MAX 253402300799ULL /* end of the year 9999 */

#define CONFIG_DEADLINE 1800
#define CONFIG_STALL_TIMEOUT 120
#define CONFIG_DUMP_TIMEOUT 60
#define CONFIG_DUMP_OPTIONS_MAX 64
#define CONFIG_DUMP_LEVEL 31
#define CONFIG_THREADS_MAX 64
#define CONFIG_ADDRESSES_MAX 16
#define CONFIG_SHELL_TIMEOUT 300
#define CONFIG_HOOK_TIMEOUT 60
#define CONFIG_WATCHDOG 60
#define CONFIG_WATCHDOG_MAX 3600
#define CONFIG_PARTS_MIN 10
#define CONFIG_PARTS_MAX 10000 /* Amazon's limit */

/* What the object vmcore is. */
enum dump_format { FORMAT_KDUMP, FORMAT_ELF };

/* What init does when vmcapture has ended. */
enum action { ACTION_REBOOT, ACTION_HALT, ACTION_POWEROFF, ACTION_SHELL };

struct config {
	const char *file; /* that was read; borrowed, for log lines */
	unsigned int lines[CONF_KEYS_MAX]; /* of it, as in struct conf */
	char *targets[CONFIG_TARGETS_MAX]; /* URLs, in the order to try them */
	unsigned int target_lines[CONFIG_TARGETS_MAX]; /* 0: no line */
	bool below_path[CONFIG_TARGETS_MAX]; /* until path is part of it */
	size_t n_targets;
	char *path; /* of kdump.conf, behind HOST:/EXPORT */
	char *ca; /* file names; NULL where not set */
	char *cert;
	char *key;
	char *host;
	char *nfs_options; /* of mount(2), parted by commas */
	char *s3_endpoint; /* https://HOST[:PORT]; NULL: Amazon's */
	char *s3_region;
	char *s3_credentials; /* file name */
	char *s3_ca; /* file name; NULL: ca */
	uint64_t s3_max_parts; /* 0 = the target's own limit */
	struct target_address addresses[CONFIG_ADDRESSES_MAX];
	size_t n_addresses;
	uint64_t deadline; /* seconds, never 0 */
	uint64_t stall_timeout; /* seconds, never 0 */
	uint64_t chunk_size; /* bytes; 0 = as memory allows */
	bool chunk_checksum;
	bool no_digest;
	uint64_t clock_floor; /* seconds since 1970; 0 = none */
	bool no_device_dumps;
	char *device_dumps; /* drivers, parted by blanks; NULL = auto */
	uint64_t device_dump_timeout; /* seconds for each, never 0 */
	char *device_dump_options[CONFIG_DUMP_OPTIONS_MAX]; /* each a line */
	size_t n_device_dump_options;
	enum dump_format format;
	uint64_t dump_level; /* of makedumpfile -d */
	bool adaptive; /* compression auto */
	struct codec_choice compression; /* unless adaptive */
	uint64_t threads; /* 0 = as many as there are CPUs */
	enum action final_action; /* of a complete session */
	enum action failure_action; /* of any other */
	uint64_t shell_timeout; /* seconds, never 0 */
	char *kdump_pre; /* absolute paths of programs; NULL where not set */
	char *kdump_post;
	char *kdump_emergency;
	uint64_t hook_timeout; /* seconds for each, never 0 */
	char *extra_modules; /* names, parted by blanks; NULL where not set */
	uint64_t watchdog; /* seconds until it bites; 0 = not used */
};

/* The defaults; config_free() takes it from here on. */
void config_init(struct config *config);
void config_free(struct config *config);

/*
 * Name is for the log lines, "name:line: key: reason", and borrowed.  -EINVAL
 * for what is wrong in the text, -ENOMEM; logs the reason.
 */
int config_parse(struct config *config, const char *name, const char *text,
		 size_t len);
/* The same from a file; -ENOENT and the like too. */
int config_load(struct config *config, const char *path);

/* The value of a key from an option of the command line; logs the reason. */
int config_override(struct config *config, const char *option, const char *key,
		    const char *value);

/* A target from option -t of the command line; logs the reason. */
int config_add_target(struct config *config, const char *url);
/* The targets of another configuration instead of its own. */
void config_take_targets(struct config *config, struct config *from);

/* What holds between keys: a target, and what its scheme needs.  Logs. */
int config_check(const struct config *config);

/*
 * Whether the files that the keys name are there, below the directory root
 * ("": as they are named), and what they should be.  Logs what is wrong with
 * each of them; -EINVAL, -ENOMEM.
 */
int config_check_files(const struct config *config, const char *root);

#endif
