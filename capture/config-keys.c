// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of capture.conf, and what each takes for a value. */

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "capture/config-keys.h"
#include "capture/drivers.h"
#include "netstream/target.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* One allocation: the name, and behind its NUL the address. */
static const char *set_address(struct conf *conf, const struct conf_key *key,
			       const char *value)
{
	struct config *config = config_of(conf);
	size_t len = strspn(value, CHARS_HOST);
	const char *numeric = value + len + strspn(value + len, " ");
	struct target_address *address;
	struct in6_addr ip;
	char *copy;

	(void)key;
	if (!len || numeric == value + len)
		return "not NAME ADDRESS";
	if (inet_pton(AF_INET, numeric, &ip) != 1 &&
	    inet_pton(AF_INET6, numeric, &ip) != 1)
		return "not a numeric address";
	if (config->n_addresses == CONFIG_ADDRESSES_MAX)
		return "too many of them";
	copy = strdup(value);
	if (!copy)
		return strerror(ENOMEM);
	copy[len] = '\0';
	address = &config->addresses[config->n_addresses++];
	address->name = copy;
	address->address = copy + (numeric - value);
	return NULL;
}

static const char *set_host(struct conf *conf, const struct conf_key *key,
			    const char *value)
{
	if (*value == '.')
		return "not a host name";
	return conf_set_string(conf, key, value);
}

static const char *set_action(struct conf *conf, const struct conf_key *key,
			      const char *value)
{
	if (!strcmp(value, "dump_to_rootfs"))
		return "no root file system here: use a second target";
	return conf_set_choice(conf, key, value);
}

/* off, or SECONDS */
static const char *set_watchdog(struct conf *conf, const struct conf_key *key,
				const char *value)
{
	if (strcmp(value, "off"))
		return conf_set_number(conf, key, value);
	config_of(conf)->watchdog = 0;
	return NULL;
}

/* A mount may be a target in disguise. */
static const char *set_dracut_args(struct conf *conf,
				   const struct conf_key *key,
				   const char *value)
{
	if (strstr(value, "--mount"))
		return "a mount is no target: use nfs, s3 or https";
	return conf_skip(conf, key, value);
}

static bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static const char *check_driver(const char *name, size_t len)
{
	if (!is_driver_name(name, len))
		return "not the name of a driver";
	if ((len == 4 && starts_with(name, "auto")) ||
	    (len == 3 && starts_with(name, "off")))
		return "auto and off stand alone";
	return NULL;
}

/* NAME... */
static const char *set_modules(struct conf *conf, const struct conf_key *key,
			       const char *value)
{
	const char *name = value, *wrong;
	size_t n = 0, len;

	while (*name) {
		len = strcspn(name, " ");
		wrong = check_driver(name, len);
		if (!wrong && n++ == DRIVERS_MAX)
			wrong = "too many of them";
		if (wrong)
			return wrong;
		name += len + strspn(name + len, " ");
	}
	return conf_set_string(conf, key, value);
}

/* auto, off or NAME... */
static const char *set_drivers(struct conf *conf, const struct conf_key *key,
			       const char *value)
{
	struct config *config = config_of(conf);

	config->no_device_dumps = !strcmp(value, "off");
	if (config->no_device_dumps || !strcmp(value, "auto"))
		return NULL;
	return set_modules(conf, key, value);
}

/* NAME PARAM=VALUE... */
static const char *set_options(struct conf *conf, const struct conf_key *key,
			       const char *value)
{
	struct config *config = config_of(conf);
	size_t *n = &config->n_device_dump_options;
	const char *word = value + strcspn(value, " ");
	size_t len;

	(void)key;
	if (!is_driver_name(value, (size_t)(word - value)))
		return "not the name of a driver";
	if (!*word)
		return "no PARAM=VALUE";
	for (; *word; word += strcspn(word, " ")) {
		word += strspn(word, " ");
		len = strcspn(word, "= ");
		if (!is_driver_name(word, len) || word[len] != '=')
			return "not PARAM=VALUE";
	}
	if (*n == CONFIG_DUMP_OPTIONS_MAX)
		return "too many of them";
	config->device_dump_options[*n] = strdup(value);
	return config->device_dump_options[(*n)++] ? NULL : strerror(ENOMEM);
}

static const char *set_compression(struct conf *conf,
				   const struct conf_key *key,
				   const char *value)
{
	struct config *config = config_of(conf);

	(void)key;
	config->adaptive = !strcmp(value, "auto");
	if (config->adaptive || !codec_parse(&config->compression, value))
		return NULL;
	return "not auto, zstd[:LEVEL], lzo, zlib[:LEVEL] or none";
}

static const char *const formats[] = { "kdump", "elf", NULL };
static const char *const digests[] = { "sha256", "none", NULL };
static const char *const actions[] = { "reboot", "halt", "poweroff", "shell",
				       NULL };

#define FIELD(name) offsetof(struct config, name)

#define SECONDS(field)                                         \
	.set = conf_set_number, .off = FIELD(field), .min = 1, \
	.max = CONFIG_SECONDS_MAX
#define STRING(field) .set = conf_set_string, .off = FIELD(field)
#define PROGRAM(field) \
	.set = conf_set_path, .off = FIELD(field), .chars = CHARS_ALNUM "/._+-"
#define ACTION(field) .set = set_action, .off = FIELD(field), .words = actions
#define SKIP(why) .set = conf_skip, .text = why
#define REFUSE(use) .set = conf_refuse, .text = use
#define NO_DISK "disks are not for here: use https, s3 or nfs"
#define NO_SSH "no ssh here: use https, s3 or nfs"
#define NO_FENCE "no fence_kdump here: use kdump_pre"
#define OBSOLETE "obsolete in kdump.conf too: leave it out"
#define NOT_MADE_HERE "this image is not made from it"

static const struct conf_key keys[] = {
	{ .name = "https", .set = config_set_url, .repeats = true },
	{ .name = "s3", .set = config_set_url, .repeats = true },
	{ .name = "nfs", .set = config_set_nfs, .repeats = true },
	{ .name = "file", .set = config_set_dir, .repeats = true },
	{ .name = "path", .set = config_set_path, .off = FIELD(path) },
	{ .name = "address", .set = set_address, .repeats = true },
	{ .name = "ca", STRING(ca) },
	{ .name = "cert", STRING(cert) },
	{ .name = "key", STRING(key) },
	{ .name = "s3_endpoint",
	  .set = config_set_endpoint,
	  .off = FIELD(s3_endpoint) },
	{ .name = "s3_region", STRING(s3_region), .chars = CHARS_ALNUM "-_" },
	{ .name = "s3_credentials", STRING(s3_credentials) },
	{ .name = "s3_ca", STRING(s3_ca) },
	{ .name = "s3_max_parts",
	  .set = conf_set_number,
	  .off = FIELD(s3_max_parts),
	  .min = CONFIG_PARTS_MIN,
	  .max = CONFIG_PARTS_MAX },
	{ .name = "nfs_options",
	  STRING(nfs_options),
	  .chars = CHARS_ALNUM ",=._-:" },
	{ .name = "host",
	  .set = set_host,
	  .off = FIELD(host),
	  .chars = CHARS_HOST,
	  .max = CONFIG_HOST_MAX },
	{ .name = "deadline", SECONDS(deadline) },
	{ .name = "stall_timeout", SECONDS(stall_timeout) },
	{ .name = "chunk_size",
	  .set = conf_set_size,
	  .off = FIELD(chunk_size),
	  .min = TARGET_CHUNK_MIN,
	  .max = TARGET_CHUNK_MAX },
	{ .name = "chunk_checksum",
	  .set = conf_set_bool,
	  .off = FIELD(chunk_checksum) },
	{ .name = "digest",
	  .set = conf_set_bool,
	  .off = FIELD(no_digest),
	  .words = digests },
	{ .name = "clock_floor",
	  .set = conf_set_number,
	  .off = FIELD(clock_floor),
	  .max = CONFIG_CLOCK_MAX },
	{ .name = "device_dumps",
	  .set = set_drivers,
	  .off = FIELD(device_dumps) },
	{ .name = "device_dump_timeout", SECONDS(device_dump_timeout) },
	{ .name = "device_dump_options", .set = set_options, .repeats = true },
	{ .name = "extra_modules",
	  .set = set_modules,
	  .off = FIELD(extra_modules) },
	{ .name = "format",
	  .set = conf_set_choice,
	  .off = FIELD(format),
	  .words = formats },
	{ .name = "dump_level",
	  .set = conf_set_number,
	  .off = FIELD(dump_level),
	  .max = 31 },
	{ .name = "compression", .set = set_compression },
	{ .name = "threads",
	  .set = conf_set_number,
	  .off = FIELD(threads),
	  .min = 1,
	  .max = CONFIG_THREADS_MAX },
	{ .name = "core_collector", .set = config_set_core_collector },
	{ .name = "final_action", ACTION(final_action) },
	{ .name = "failure_action", ACTION(failure_action) },
	{ .name = "default", .same_as = "failure_action" },
	{ .name = "shell_timeout", SECONDS(shell_timeout) },
	{ .name = "kdump_pre", PROGRAM(kdump_pre) },
	{ .name = "kdump_post", PROGRAM(kdump_post) },
	{ .name = "kdump_emergency", PROGRAM(kdump_emergency) },
	{ .name = "hook_timeout", SECONDS(hook_timeout) },
	{ .name = "watchdog",
	  .set = set_watchdog,
	  .off = FIELD(watchdog),
	  .min = 1,
	  .max = CONFIG_WATCHDOG_MAX },

	/* Of kdump.conf, without a meaning here. */
	{ .name = "auto_reset_crashkernel", SKIP("this is for who loads it") },
	{ .name = "force_rebuild", SKIP(NOT_MADE_HERE) },
	{ .name = "force_no_rebuild", SKIP(NOT_MADE_HERE) },
	{ .name = "extra_bins", SKIP("what hooks call goes into the overlay") },
	{ .name = "dracut_args",
	  .set = set_dracut_args,
	  .text = NOT_MADE_HERE },
	{ .name = "sshkey", SKIP("no ssh here") },

	/* Of kdump.conf, asking for what would not happen. */
	{ .name = "ssh", REFUSE(NO_SSH) },
	{ .name = "raw", REFUSE(NO_DISK) },
	{ .name = "ext2", REFUSE(NO_DISK) },
	{ .name = "ext3", REFUSE(NO_DISK) },
	{ .name = "ext4", REFUSE(NO_DISK) },
	{ .name = "xfs", REFUSE(NO_DISK) },
	{ .name = "btrfs", REFUSE(NO_DISK) },
	{ .name = "minix", REFUSE(NO_DISK) },
	{ .name = "virtiofs", REFUSE(NO_DISK) },
	{ .name = "fence_kdump_args", REFUSE(NO_FENCE) },
	{ .name = "fence_kdump_nodes", REFUSE(NO_FENCE) },
	{ .name = "net", REFUSE("obsolete: use https, s3 or nfs") },
	{ .name = "options", REFUSE("obsolete: use device_dump_options") },
	{ .name = "blacklist", REFUSE("obsolete: use device_dumps") },
	{ .name = "link_delay", REFUSE(OBSOLETE) },
	{ .name = "disk_timeout", REFUSE(OBSOLETE) },
	{ .name = "debug_mem_level", REFUSE(OBSOLETE) },
};

_Static_assert(ARRAY_SIZE(keys) <= CONF_KEYS_MAX, "table of keys");

void config_conf(struct conf *conf, struct config *config, const char *name)
{
	conf_init(conf, name, keys, ARRAY_SIZE(keys), config);
}

unsigned int config_line(const struct config *config, const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, key))
			return config->lines[i];
	return 0;
}
