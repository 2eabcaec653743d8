// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netdb.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "nfs-mount.h"

#define SOURCE_MAX (NFS_HOST_MAX + NFS_PATH_MAX + sizeof("[]:"))

/* What is tried, and what it is for. */
struct attempt {
	const struct nfs_url *url;
	const struct target_config *config;
	nfs_use use;
	void *arg;
	char address[NI_MAXHOST];
	char options[NFS_OPTIONS_MAX + 1];
};

bool nfs_may_pass(int err)
{
	switch (err) {
	case -EAGAIN:
	case -ECONNABORTED:
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -EHOSTDOWN:
	case -EHOSTUNREACH:
	case -ENETDOWN:
	case -ENETUNREACH:
	case -ENOTCONN:
	case -EPIPE:
	case -ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

/* Looks the name up; else takes what the configuration knows of it. */
static int find_address(char address[static NI_MAXHOST], const char *host,
			const struct target_config *config)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int ret;

	ret = getaddrinfo(host, NULL, &hints, &list);
	if (!ret)
		ret = getnameinfo(list->ai_addr, list->ai_addrlen, address,
				  NI_MAXHOST, NULL, 0, NI_NUMERICHOST);
	if (list)
		freeaddrinfo(list);
	if (!ret)
		return 0;
	for (size_t i = 0; i < config->n_addresses; i++) {
		if (strcmp(config->addresses[i].name, host) != 0)
			continue;
		snprintf(address, NI_MAXHOST, "%s",
			 config->addresses[i].address);
		log_notice("%s: %s; using %s", host, gai_strerror(ret),
			   address);
		return 0;
	}
	log_warn("%s: %s", host, gai_strerror(ret));
	return -EHOSTUNREACH;
}

/* What is mounted from now on stays this process's own. */
static int own_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	return 0;
}

/* The first len bytes of the path, "/" for none. */
static int mount_part(const struct attempt *attempt, size_t len)
{
	const char *options = attempt->options;
	char source[SOURCE_MAX];
	int ret = 0;

	nfs_source(source, sizeof(source), attempt->url, len);
	if (mount(source, NFS_MOUNT_POINT, "nfs",
		  MS_NOATIME | MS_NODEV | MS_NOEXEC | MS_NOSUID, options) < 0)
		ret = -errno;
	log_info("%s: %.*s: %s", source, (int)strcspn(options, ","), options,
		 ret ? strerror(-ret) : "mounted");
	return ret;
}

static int use_mounted(const struct attempt *attempt, const char *below)
{
	char dir[sizeof(NFS_MOUNT_POINT) + NFS_PATH_MAX];
	int ret;

	snprintf(dir, sizeof(dir), NFS_MOUNT_POINT "%s", below);
	ret = attempt->use(attempt->arg, dir);
	if (ret < 0) {
		log_info("%s: %s", *below ? below : "/", strerror(-ret));
		nfs_unmount();
	}
	return ret;
}

/* The whole path, then what is above it, as long as it is not there. */
static int mount_version(const struct attempt *attempt)
{
	const char *path = attempt->url->path;
	size_t len = strlen(path);
	int first = 0;

	for (;;) {
		int ret = mount_part(attempt, len);

		if (!ret)
			return use_mounted(attempt, path + len);
		if (!first || nfs_may_pass(ret))
			first = ret;
		if (!len || (ret != -ENOENT && ret != -EACCES))
			return first;
		while (path[--len] != '/')
			;
	}
}

/* A failure to load a module shows when the kernel lacks it. */
static void load_module(const struct target_config *config, const char *name)
{
	int ret = 0;

	if (config->load_module)
		ret = config->load_module(config->load_module_arg, name);
	if (ret < 0)
		log_warn("module %s: %s", name, strerror(-ret));
}

static int mount_any(struct attempt *attempt)
{
	const struct target_config *config = attempt->config;
	const struct nfs_mount mount = {
		.address = attempt->address,
		.port = attempt->url->port,
		.stall_ms = config->stall_ms,
		.options = config->nfs_options,
	};
	struct nfs_version versions[NFS_VERSIONS_MAX];
	int n = nfs_versions(versions, config->nfs_options);
	int err = n < 0 ? n : 0;

	for (int i = 0; i < n; i++) {
		int ret = nfs_options(attempt->options, &versions[i], &mount);

		if (ret < 0)
			return ret;
		load_module(config, versions[i].module);
		ret = mount_version(attempt);
		if (!ret || ret == -ENOSPC || nfs_may_pass(ret))
			return ret;
		if (!err || err == -EPROTONOSUPPORT)
			err = ret;
	}
	return err;
}

int nfs_mount_any(const struct nfs_url *url, const struct target_config *config,
		  nfs_use use, void *arg)
{
	struct attempt attempt = {
		.url = url,
		.config = config,
		.use = use,
		.arg = arg,
	};
	int ret;

	ret = own_namespace();
	if (!ret)
		ret = find_address(attempt.address, url->host, config);
	return ret ? ret : mount_any(&attempt);
}

void nfs_unmount(void)
{
	if (umount2(NFS_MOUNT_POINT, UMOUNT_NOFOLLOW) < 0)
		umount2(NFS_MOUNT_POINT, UMOUNT_NOFOLLOW | MNT_DETACH);
}
