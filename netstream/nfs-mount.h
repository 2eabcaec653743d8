/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounts an export where nobody else sees it: in a mount namespace of the
 * calling process, which has to be a child made for this.  What it has mounted
 * goes with it, whatever it dies of.
 */
#ifndef NETSTREAM_NFS_MOUNT_H
#define NETSTREAM_NFS_MOUNT_H

#include "nfs.h"
#include "target.h"

/* Where; it is there on every system, and hidden for this process alone. */
#define NFS_MOUNT_POINT "/run"

/* Takes the directory that was mounted; 0 or -errno. */
typedef int (*nfs_use)(void *arg, const char *dir);

/*
 * Tries the versions in turn, and for each the whole path and then what is
 * above it, until use() can do with what there is.  It gets the path below the
 * mount point, some of which may have to be made yet.  Each try is logged.
 *
 *	-EHOSTUNREACH	no address of the host, or one of errno's own for a
 *			server that does not answer
 *	other -errno	what the first version was refused with
 */
int nfs_mount_any(const struct nfs_url *url, const struct target_config *config,
		  nfs_use use, void *arg);

/* What is still in use goes later. */
void nfs_unmount(void);

/* Is it an error that may pass when the server or the network comes back? */
bool nfs_may_pass(int err);

#endif
