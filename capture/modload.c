// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "capture/driver-options.h"
#include "capture/modload.h"
#include "netstream/io.h"
#include "netstream/log.h"

/*
 * init_module(2) and not finit_module(2): that one leaves the stack of a task
 * that oopses in a list of the kernel's, where the next module finds it.
 */
static int load(const struct config *config, const char *cmdline,
		const char *file)
{
	char options[DRIVER_OPTIONS_LEN];
	struct module module;
	int ret;

	ret = driver_options(config, cmdline, file, moddir_name_len(file),
			     options);
	if (ret < 0)
		return ret;
	ret = moddir_open(&module, file);
	if (ret < 0)
		return ret;
	if (syscall(SYS_init_module, module.file, module.len, options) < 0)
		ret = -errno;
	module_close(&module);
	return ret == -EEXIST ? 0 : ret;
}

int modload_chain(const struct config *config, const char *cmdline,
		  const struct moddir_chain *chain)
{
	int ret = 0;

	for (size_t i = 0; i < chain->n && !ret; i++) {
		ret = load(config, cmdline, chain->file[i]);
		if (ret < 0 && i + 1 < chain->n)
			log_err("%s: needs %s: %s", chain->file[chain->n - 1],
				chain->file[i], strerror(-ret));
	}
	return ret;
}

/*
 * In an initramfs the files take memory, 1 MiB for NFS, and nobody needs them
 * any more.  Anywhere else they are none of our business.
 */
static void remove_files(const struct moddir_chain *chain)
{
	struct statfs fs;
	char path[MODDIR_PATH_LEN];

	if (statfs(MODDIR, &fs) < 0 || fs.f_type != RAMFS_MAGIC)
		return;
	for (size_t i = 0; i < chain->n; i++) {
		snprintf(path, sizeof(path), MODDIR "/%s", chain->file[i]);
		unlink(path);
	}
}

int modload_for_target(const void *config, const char *name)
{
	struct moddir_chain chain;
	char *cmdline = NULL;
	int ret;

	if (chdir("/") < 0)
		return -errno;
	ret = moddir_chain(name, &chain);
	if (ret < 0)
		return ret == -ENOENT ? 0 : ret;
	read_file("proc/cmdline", CMDLINE_MAX, &cmdline, NULL);
	ret = modload_chain(config, cmdline ? cmdline : "", &chain);
	free(cmdline);
	if (!ret)
		remove_files(&chain);
	return ret;
}
