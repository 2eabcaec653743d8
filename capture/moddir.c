// SPDX-License-Identifier: GPL-2.0-or-later

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/moddir.h"
#include "netstream/log.h"

size_t moddir_name_len(const char *file)
{
	const char *dot = strrchr(file, '.');

	if (!dot || strcmp(dot, ".ko") ||
	    !is_driver_name(file, (size_t)(dot - file)))
		return 0;
	return (size_t)(dot - file);
}

int moddir_open(struct module *module, const char *file)
{
	char path[MODDIR_PATH_LEN];
	int ret;

	snprintf(path, sizeof(path), MODDIR "/%s", file);
	ret = module_open(module, path);
	if (ret < 0)
		log_err("%s: %s", file, strerror(-ret));
	return ret;
}

/* A file may have '-' where the name has '_', so look at all of them. */
static int find(const char *name, size_t len, char file[static MODDIR_FILE_LEN])
{
	const struct dirent *entry;
	int ret = -ENOENT;
	DIR *d;

	d = opendir(MODDIR);
	if (!d)
		return -errno;
	while (ret && (entry = readdir(d))) {
		size_t n = moddir_name_len(entry->d_name);

		if (!n || !module_same_name(entry->d_name, n, name, len))
			continue;
		snprintf(file, MODDIR_FILE_LEN, "%.*s.ko", (int)n,
			 entry->d_name);
		ret = 0;
	}
	closedir(d);
	return ret;
}

/* Loaded, or built in with something to show. */
static bool in_kernel(const char *name, size_t len)
{
	char path[sizeof("sys/module/") + DRIVER_NAME_MAX];

	snprintf(path, sizeof(path), "sys/module/%.*s", (int)len, name);
	for (char *p = path; *p; p++)
		if (*p == '-')
			*p = '_';
	return is_driver_name(name, len) && access(path, F_OK) == 0;
}

static bool has(const struct moddir_chain *chain, const char *name, size_t len)
{
	for (size_t i = 0; i < chain->n; i++)
		if (module_same_name(chain->file[i],
				     moddir_name_len(chain->file[i]), name,
				     len))
			return true;
	return false;
}

static int push(struct moddir_chain *chain, const char *name, size_t len)
{
	int ret;

	if (has(chain, name, len))
		return -ELOOP;
	if (chain->n == MODDIR_CHAIN_MAX)
		return -E2BIG;
	ret = find(name, len, chain->file[chain->n]);
	chain->n += !ret;
	return ret;
}

/*
 * Puts the first module that the file needs, and that is not in done, on top
 * of open.  1 when there was one, 0 when there is none.
 */
static int push_needed(struct moddir_chain *open,
		       const struct moddir_chain *done)
{
	const char *file = open->file[open->n - 1], *name;
	struct module module;
	size_t len = 0;
	int ret;

	ret = moddir_open(&module, file);
	if (ret < 0)
		return ret;
	name = module_info(&module, "depends", NULL);
	for (; name && *name && !ret; name += len + (name[len] == ',')) {
		len = strcspn(name, ",");
		if (has(done, name, len) || in_kernel(name, len))
			continue;
		ret = push(open, name, len);
		if (ret < 0)
			log_err("%s: needs %.*s: %s", file, (int)len, name,
				strerror(-ret));
		else
			ret = 1;
	}
	module_close(&module);
	return ret;
}

/* Depth first; what is open is on its way from the driver down. */
int moddir_chain(const char *name, struct moddir_chain *chain)
{
	struct moddir_chain open = { .n = 0 };
	int ret;

	chain->n = 0;
	ret = push(&open, name, strlen(name));
	while (ret >= 0 && open.n) {
		ret = push_needed(&open, chain);
		if (ret)
			continue;
		if (chain->n == MODDIR_CHAIN_MAX)
			return -E2BIG;
		memcpy(chain->file[chain->n++], open.file[--open.n],
		       MODDIR_FILE_LEN);
	}
	return ret;
}
