/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory with the modules of the image: NAME.ko, not compressed, all of
 * them beside each other, and without the files that depmod makes.
 */
#ifndef CAPTURE_MODDIR_H
#define CAPTURE_MODDIR_H

#include "capture/drivers.h"
#include "capture/module.h"

#define MODDIR "lib/modules" /* below the working directory */
#define MODDIR_FILE_LEN (DRIVER_NAME_MAX + sizeof(".ko"))
#define MODDIR_PATH_LEN (sizeof(MODDIR "/") + MODDIR_FILE_LEN)
/* Modules that one driver needs, with itself. */
#define MODDIR_CHAIN_MAX 32

/* File names in the order in which to load them. */
struct moddir_chain {
	char file[MODDIR_CHAIN_MAX][MODDIR_FILE_LEN];
	size_t n;
};

/* The length of NAME in "NAME.ko", 0 when that is not what it is. */
size_t moddir_name_len(const char *file);

/*
 * What has to be loaded before the module of that name, and the module itself;
 * what it needs and the kernel has is left out.
 * 0; -ENOENT: it or what it needs is not there; -ELOOP, -E2BIG, -EBADMSG and
 * the like.  Logs the reason unless it is the module itself that is missing.
 */
int moddir_chain(const char *name, struct moddir_chain *chain);

/* Opens the module in that file, as module_open() does.  Logs the reason. */
int moddir_open(struct module *module, const char *file);

#endif
