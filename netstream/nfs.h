/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an nfs URL and the user's options mean for mount(2), nfs(5): the kernel
 * takes the text as it is, without the help of mount.nfs(8), so the server's
 * address is a number here and the protocol is said in full.
 *
 *	nfs://HOST[:PORT]/PATH		HOST may be an IPv6 address in [ ]
 *
 * PATH is an export, or a directory below one: which part of it the server
 * exports is found out by trying.
 */
#ifndef NETSTREAM_NFS_H
#define NETSTREAM_NFS_H

#include <stddef.h>
#include <stdint.h>

#define NFS_HOST_MAX 255 /* RFC 1035, 2.3.4 */
#define NFS_PATH_MAX 1023 /* NFS_MAXPATHLEN: MNTPATHLEN of RFC 1813 */
/* One page is what mount(2) copies; the kernel cuts the last byte off. */
#define NFS_OPTIONS_MAX 4095
#define NFS_VERSIONS_MAX 3

struct nfs_url {
	char host[NFS_HOST_MAX + 1]; /* without [ ] */
	char path[NFS_PATH_MAX +
		  1]; /* "/A/B": no empty parts, no "." or ".." */
	unsigned int port; /* 0: not given */
};

/* 0, -EINVAL.  Logs nothing. */
int nfs_parse_url(struct nfs_url *url, const char *text);

/* A protocol version as vers= has it: "4.2", "3". */
struct nfs_version {
	char text[8];
	const char *module; /* of the kernel */
};

/*
 * The versions to try, in this order: what the user's options say, else 4.2,
 * 4.1 and 3.  The number of them, or -EINVAL for one that no kernel knows.
 */
int nfs_versions(struct nfs_version versions[static NFS_VERSIONS_MAX],
		 const char *options);

struct nfs_mount {
	const char *address; /* of the server, numeric */
	unsigned int port; /* 0: the protocol's own */
	uint64_t stall_ms; /* 0: none */
	const char *options; /* the user's; NULL: none */
};

/*
 * The options of one version.  A request without an answer fails, before the
 * stall timeout is over: a mount that is hard would hang for ever.  The user's
 * options come last and win.  0, -E2BIG.
 */
int nfs_options(char text[static NFS_OPTIONS_MAX + 1],
		const struct nfs_version *version,
		const struct nfs_mount *mount);

/* "HOST:PATH" for mount(2), of the first len bytes of the path; "/" for 0. */
void nfs_source(char *text, size_t size, const struct nfs_url *url, size_t len);

#endif
