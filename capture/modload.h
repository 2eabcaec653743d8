/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads modules of the image into the kernel, by the calling process. */
#ifndef CAPTURE_MODLOAD_H
#define CAPTURE_MODLOAD_H

#include "capture/config.h"
#include "capture/moddir.h"

#define CMDLINE_MAX 16384 /* of the kernel, with a margin */

/*
 * The modules of a chain, each with its options; cmdline is the kernel's.  One
 * that the kernel has is none to load.  0, or what the first one that failed
 * gave; logs which one it was unless it is the last.
 */
int modload_chain(const struct config *config, const char *cmdline,
		  const struct moddir_chain *chain);

/*
 * Fits target_config.load_module, with the configuration as arg: a module and
 * those that it needs, if it is there.  0 when it is not: the kernel may have
 * it, or get it by itself.  The working directory becomes /, and files that
 * were unpacked from an initramfs are removed.
 */
int modload_for_target(const void *config, const char *name);

#endif
