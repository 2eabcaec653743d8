// SPDX-License-Identifier: GPL-2.0-or-later

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "capture/driver-options.h"
#include "capture/driver-run.h"
#include "capture/drivers.h"
#include "capture/modload.h"
#include "capture/module.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define PCI_DEVICES "sys/bus/pci/devices"
#define MODALIAS_MAX 4096

static void add(struct drivers *drivers, const char *name, size_t len)
{
	struct driver *driver;

	for (size_t i = 0; i < drivers->n; i++)
		if (module_same_name(drivers->list[i].name,
				     strlen(drivers->list[i].name), name, len))
			return;
	if (drivers->n == DRIVERS_MAX) {
		log_err("driver %.*s: too many", (int)len, name);
		return;
	}
	driver = &drivers->list[drivers->n++];
	*driver = (struct driver){ .state = DRIVER_LOADING };
	memcpy(driver->name, name, len);
}

static void select_named(struct drivers *drivers, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, " ");

		add(drivers, names, len);
		names += len + strspn(names + len, " ");
	}
}

/* The next alias of a PCI device. */
static const char *pci_alias(const struct module *module, const char *prev)
{
	do
		prev = module_info(module, "alias", prev);
	while (prev && strncmp(prev, "pci:", 4));
	return prev;
}

/* Is it for this device? */
static bool matches(const struct module *module, const char *device)
{
	char path[sizeof(PCI_DEVICES "//modalias") + NAME_MAX], *modalias;
	const char *alias = NULL;
	bool found = false;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/modalias", device);
	if (read_file(path, MODALIAS_MAX, &modalias, NULL) < 0)
		return false;
	modalias[strcspn(modalias, "\n")] = '\0';
	while (!found && (alias = pci_alias(module, alias)))
		found = fnmatch(alias, modalias, 0) == 0;
	free(modalias);
	return found;
}

static bool has_device(const struct module *module)
{
	const struct dirent *entry;
	bool found = false;
	DIR *d;

	d = opendir(PCI_DEVICES);
	if (!d)
		return false;
	while (!found && (entry = readdir(d)))
		found = entry->d_name[0] != '.' &&
			matches(module, entry->d_name);
	closedir(d);
	return found;
}

/* Does the module take device dumps, and has it something to take them of? */
static bool is_wanted(const struct driver_run *run, const struct module *module,
		      const char *name, size_t len)
{
	char options[DRIVER_OPTIONS_LEN];

	if (!module_needs(module, "vmcore_add_device_dump"))
		return false;
	if (pci_alias(module, NULL))
		return has_device(module);
	return driver_options(run->config, run->cmdline, name, len, options) ||
	       options[0];
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct driver *)a)->name,
		      ((const struct driver *)b)->name);
}

static void select_auto(struct drivers *drivers, const struct driver_run *run)
{
	const struct dirent *entry;
	size_t first = drivers->n;
	struct module module;
	DIR *d;

	d = opendir(MODDIR);
	if (!d)
		return;
	while ((entry = readdir(d))) {
		size_t len = moddir_name_len(entry->d_name);

		if (!len || moddir_open(&module, entry->d_name) < 0)
			continue;
		if (is_wanted(run, &module, entry->d_name, len))
			add(drivers, entry->d_name, len);
		module_close(&module);
	}
	closedir(d);
	qsort(&drivers->list[first], drivers->n - first,
	      sizeof(drivers->list[0]), by_name);
}

static void select_all(struct drivers *drivers, const struct driver_run *run)
{
	const struct config *config = run->config;

	if (config->extra_modules)
		select_named(drivers, config->extra_modules);
	for (size_t i = 0; i < drivers->n; i++)
		drivers->list[i].extra = true;
	if (config->device_dumps)
		select_named(drivers, config->device_dumps);
	else if (!config->no_device_dumps)
		select_auto(drivers, run);
}

/* The first n of them: the others have not had their turn. */
static void save(struct drivers *drivers, size_t n)
{
	const char *path = DRIVERS_FILE + 1;
	size_t all = drivers->n;
	int ret;

	drivers->n = n;
	ret = drivers_save(drivers, path);
	drivers->n = all;
	if (ret < 0)
		log_err("%s: %s", path, strerror(-ret));
}

/* Half of the deadline is for the drivers, so that the rest is for sending. */
static void load_all(struct drivers *drivers, struct driver_run *run)
{
	uint64_t end = now_ms() + run->config->deadline * 1000 / 2;

	for (size_t i = 0; i < drivers->n; i++) {
		struct driver *driver = &drivers->list[i];
		uint64_t limit = run->config->device_dump_timeout * 1000;
		uint64_t now = now_ms();

		if (now >= end) {
			driver->state = DRIVER_FAILED;
			driver->err = -ETIME;
			log_err("driver %s: no time left", driver->name);
			continue;
		}
		if (limit > end - now)
			limit = end - now;
		save(drivers, i + 1);
		driver_load(run, driver, limit);
	}
	save(drivers, drivers->n);
}

/*
 * An oops costs the driver and not the capture.  Not so any more when all are
 * done, unless one was left behind: it may oops later.
 */
static void load_without_panic(struct drivers *drivers, struct driver_run *run)
{
	const char *path = "proc/sys/kernel/panic_on_oops";
	char *before = NULL;

	read_file(path, 64, &before, NULL);
	driver_write(path, "0");
	load_all(drivers, run);
	if (before && *before != '0' && !run->left_behind)
		driver_write(path, before);
	free(before);
}

static int check_capture_kernel(void)
{
	struct stat st;

	if (stat("proc/vmcore", &st) == 0)
		return 0;
	log_err("/proc/vmcore: %s: drivers are loaded in a capture kernel only",
		strerror(errno));
	return -ENOENT;
}

int drivers_load(struct drivers *drivers, const struct config *config)
{
	struct driver_run run = { .config = config };
	char *cmdline = NULL;
	int ret;

	drivers->n = 0;
	ret = check_capture_kernel();
	if (ret < 0)
		return ret;
	ret = read_file("proc/cmdline", CMDLINE_MAX, &cmdline, NULL);
	if (ret < 0)
		log_warn("/proc/cmdline: %s", strerror(-ret));
	run.cmdline = cmdline ? cmdline : "";

	select_all(drivers, &run);
	save(drivers, 0);
	if (drivers->n)
		load_without_panic(drivers, &run);
	free(cmdline);
	return 0;
}
