// SPDX-License-Identifier: GPL-2.0-or-later

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "capture/settings.h"
#include "netstream/log.h"

#define SAFE                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"/._+-"

#define FIELD(name) #name, offsetof(struct config, name)

struct field {
	const char *name; /* of the key and of the field */
	size_t off;
};

static const struct field numbers[] = {
	{ FIELD(deadline) },	 { FIELD(stall_timeout) },
	{ FIELD(hook_timeout) }, { FIELD(shell_timeout) },
	{ FIELD(watchdog) },
};

static const struct field actions[] = {
	{ FIELD(final_action) },
	{ FIELD(failure_action) },
};

static const struct field programs[] = {
	{ FIELD(kdump_pre) },
	{ FIELD(kdump_post) },
	{ FIELD(kdump_emergency) },
};

static const char *const action_names[] = {
	[ACTION_REBOOT] = "reboot",
	[ACTION_HALT] = "halt",
	[ACTION_POWEROFF] = "poweroff",
	[ACTION_SHELL] = "shell",
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const void *field_of(const struct config *config, struct field field)
{
	return (const char *)config + field.off;
}

static const char *safe(const char *key, const char *path)
{
	if (!path)
		return "";
	if (path[0] == '/' && !path[strspn(path, SAFE)])
		return path;
	log_err("%s: %s: not an absolute path of letters, digits and /._+-",
		key, path);
	return "";
}

void settings_print(const struct config *config, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		fprintf(out, "%s=%" PRIu64 "\n", numbers[i].name,
			*(const uint64_t *)field_of(config, numbers[i]));
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		fprintf(out, "%s=%s\n", actions[i].name,
			action_names[*(const enum action *)field_of(
				config, actions[i])]);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		fprintf(out, "%s=%s\n", programs[i].name,
			safe(programs[i].name,
			     *(char *const *)field_of(config, programs[i])));
}
