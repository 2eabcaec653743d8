// SPDX-License-Identifier: GPL-2.0-or-later
/* What became of the drivers: the file between two runs, and the JSON. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/drivers.h"
#include "netstream/io.h"

/* A name, a state, three numbers of at most 20 digits, blanks. */
#define LINE_MAX_LEN (DRIVER_NAME_MAX + 80)
#define FILE_MAX_LEN (DRIVERS_MAX * LINE_MAX_LEN)
#define N_FIELDS 5
#define ERRNO_MAX 4095 /* MAX_ERRNO of the kernel */

static const char *const state_names[] = {
	[DRIVER_LOADING] = "loading", [DRIVER_LOADED] = "loaded",
	[DRIVER_FAILED] = "failed",   [DRIVER_TIMEOUT] = "timeout",
	[DRIVER_OOPS] = "oops",	      [DRIVER_KILLED] = "killed",
	[DRIVER_MISSING] = "missing",
};
#define N_STATES (sizeof(state_names) / sizeof(state_names[0]))

static size_t format(const struct drivers *drivers, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < drivers->n; i++) {
		const struct driver *driver = &drivers->list[i];

		len += (size_t)snprintf(
			text + len, size - len,
			"%s %s %d %" PRIu64 " %" PRIu64 "\n", driver->name,
			state_names[driver->state], -driver->err, driver->ms,
			driver->bytes);
	}
	return len;
}

/* Under another name first, so that a reader never finds a part of it. */
int drivers_save(const struct drivers *drivers, const char *path)
{
	char text[FILE_MAX_LEN + 1];
	char *tmp = NULL;
	int fd, ret;

	if (asprintf(&tmp, "%s.new", path) < 0)
		return -ENOMEM;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ret = fd < 0 ? -errno : 0;
	if (!ret)
		ret = write_full(fd, text, format(drivers, text, sizeof(text)));
	if (fd >= 0 && close(fd) < 0 && !ret)
		ret = -errno;
	if (!ret && rename(tmp, path) < 0)
		ret = -errno;
	free(tmp);
	return ret;
}

static bool parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	size_t len = strspn(text, "0123456789");

	errno = 0;
	*ret = strtoull(text, NULL, 10);
	return len > 0 && !text[len] && !errno && *ret <= max;
}

static bool parse_state(const char *text, enum driver_state *ret)
{
	for (size_t i = 0; i < N_STATES; i++)
		if (!strcmp(text, state_names[i])) {
			*ret = (enum driver_state)i;
			return true;
		}
	return false;
}

/* Cuts the line up. */
static int parse_line(struct driver *driver, char *line)
{
	const char *field[N_FIELDS];
	uint64_t err;

	*driver = (struct driver){ 0 };
	for (size_t i = 0; i < N_FIELDS; i++) {
		field[i] = strsep(&line, " ");
		if (!field[i])
			return -EBADMSG;
	}
	if (line || !is_driver_name(field[0], strlen(field[0])) ||
	    !parse_state(field[1], &driver->state) ||
	    !parse_number(field[2], ERRNO_MAX, &err) ||
	    !parse_number(field[3], UINT64_MAX, &driver->ms) ||
	    !parse_number(field[4], UINT64_MAX, &driver->bytes) ||
	    (err != 0) != (driver->state == DRIVER_FAILED))
		return -EBADMSG;
	memcpy(driver->name, field[0], strlen(field[0]));
	driver->err = -(int)err;
	return 0;
}

static int parse(struct drivers *drivers, char *text, size_t len)
{
	char *line = text;
	int ret = 0;

	if (memchr(text, '\0', len) || (len && text[len - 1] != '\n'))
		return -EBADMSG;
	while (*line && !ret) {
		char *end = strchr(line, '\n');

		*end = '\0';
		if (drivers->n == DRIVERS_MAX)
			return -EBADMSG;
		ret = parse_line(&drivers->list[drivers->n], line);
		drivers->n += !ret;
		line = end + 1;
	}
	return ret;
}

int drivers_read(struct drivers *drivers, const char *path)
{
	char *text;
	size_t len;
	int ret;

	drivers->n = 0;
	ret = read_file(path, FILE_MAX_LEN, &text, &len);
	if (ret < 0)
		return ret;
	ret = parse(drivers, text, len);
	free(text);
	if (ret < 0)
		drivers->n = 0;
	return ret;
}

void drivers_write(const struct drivers *drivers, struct json *json)
{
	json_array(json, "drivers");
	for (size_t i = 0; i < drivers->n; i++) {
		const struct driver *driver = &drivers->list[i];

		json_object(json, NULL);
		json_string(json, "name", driver->name);
		json_string(json, "state", state_names[driver->state]);
		json_string(json, "error",
			    driver->err ? strerror(-driver->err) : NULL);
		json_u64(json, "ms", driver->ms);
		json_u64(json, "bytes", driver->bytes);
		json_close(json);
	}
	json_close(json);
}
