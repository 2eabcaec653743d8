// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nfs.h"

/*
 * Over TCP a request fails after timeo * (1 + retrans) tenths of a second; that
 * is three quarters of the stall timeout, so that the error comes before it.
 */
#define RETRANS 2
#define TIMEO_PART 4
#define TIMEO_MIN 1
#define TIMEO_MAX 600 /* of the kernel: NFS_MAX_TCP_TIMEOUT */

static const struct nfs_version known[NFS_VERSIONS_MAX] = {
	{ "4.2", "nfsv4" },
	{ "4.1", "nfsv4" },
	{ "3", "nfsv3" },
};

/* The host ends at len; *rest is behind it and its brackets. */
static int parse_host(struct nfs_url *url, const char *text, const char **rest)
{
	size_t len;

	if (*text == '[') {
		len = strspn(++text, "0123456789abcdefABCDEF:.");
		*rest = text + len + 1;
		if (text[len] != ']')
			return -EINVAL;
	} else {
		len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.-_");
		*rest = text + len;
	}
	if (!len || len > NFS_HOST_MAX)
		return -EINVAL;
	memcpy(url->host, text, len);
	url->host[len] = '\0';
	return 0;
}

static int parse_port(struct nfs_url *url, const char *text, const char **rest)
{
	unsigned int port = 0;

	for (*rest = text; isdigit((unsigned char)**rest); ++*rest) {
		port = port * 10 + (unsigned int)(**rest - '0');
		if (port > UINT16_MAX)
			return -EINVAL;
	}
	url->port = port;
	return port ? 0 : -EINVAL;
}

/* Parts of a path, without empty ones. */
static int parse_path(struct nfs_url *url, const char *text)
{
	size_t n = 0, len;

	for (; *text; text += len) {
		text += strspn(text, "/");
		len = strcspn(text, "/");
		if (!len)
			break;
		if (!strncmp(text, "..", len) || n + 1 + len > NFS_PATH_MAX)
			return -EINVAL;
		url->path[n++] = '/';
		memcpy(url->path + n, text, len);
		n += len;
	}
	url->path[n] = '\0';
	return 0;
}

int nfs_parse_url(struct nfs_url *url, const char *text)
{
	const char *rest;
	int ret;

	*url = (struct nfs_url){ .port = 0 };
	if (strncmp(text, "nfs://", 6) != 0)
		return -EINVAL;
	for (const char *p = text; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			return -EINVAL;
	ret = parse_host(url, text + 6, &rest);
	if (!ret && *rest == ':')
		ret = parse_port(url, rest + 1, &rest);
	if (!ret && *rest != '/')
		ret = -EINVAL;
	return ret ? ret : parse_path(url, rest);
}

/* The value of the last "NAME=VALUE" among the options; *len of it. */
static const char *find_option(const char *options, const char *name,
			       size_t *len)
{
	size_t name_len = strlen(name);
	const char *found = NULL;

	while (*options) {
		size_t n = strcspn(options, ",");

		if (n > name_len && !strncmp(options, name, name_len) &&
		    options[name_len] == '=') {
			found = options + name_len + 1;
			*len = n - name_len - 1;
		}
		options += n + (options[n] == ',');
	}
	return found;
}

int nfs_versions(struct nfs_version versions[static NFS_VERSIONS_MAX],
		 const char *options)
{
	const char *text = NULL;
	size_t len = 0;

	if (options)
		text = find_option(options, "vers", &len);
	if (options && !text)
		text = find_option(options, "nfsvers", &len);
	if (!text) {
		memcpy(versions, known, sizeof(known));
		return NFS_VERSIONS_MAX;
	}
	if (len >= sizeof(versions->text) || (*text != '3' && *text != '4') ||
	    (len > 1 && text[1] != '.'))
		return -EINVAL;
	versions[0] = (struct nfs_version){
		.module = *text == '3' ? "nfsv3" : "nfsv4",
	};
	memcpy(versions[0].text, text, len);
	return 1;
}

/* In tenths of a second. */
static uint64_t timeo(uint64_t stall_ms)
{
	uint64_t n = stall_ms / 100 / TIMEO_PART;

	if (!stall_ms || n > TIMEO_MAX)
		return TIMEO_MAX;
	return n < TIMEO_MIN ? TIMEO_MIN : n;
}

int nfs_options(char text[static NFS_OPTIONS_MAX + 1],
		const struct nfs_version *version,
		const struct nfs_mount *mount)
{
	char port[24] = "", v3[256] = "";
	int n;

	if (mount->port)
		snprintf(port, sizeof(port), ",port=%u", mount->port);
	/* No lock manager: it wants rpcbind and statd on this side. */
	if (*version->text == '3')
		snprintf(v3, sizeof(v3),
			 ",mountvers=3,mountproto=tcp,mountaddr=%s,nolock",
			 mount->address);
	n = snprintf(text, NFS_OPTIONS_MAX + 1,
		     "vers=%s,proto=tcp,addr=%s%s%s,sec=sys,softerr,"
		     "timeo=%u,retrans=%u%s%s",
		     version->text, mount->address, port, v3,
		     (unsigned int)timeo(mount->stall_ms), RETRANS,
		     mount->options ? "," : "",
		     mount->options ? mount->options : "");
	return n < 0 || n > NFS_OPTIONS_MAX ? -E2BIG : 0;
}

void nfs_source(char *text, size_t size, const struct nfs_url *url, size_t len)
{
	const char *format = strchr(url->host, ':') ? "[%s]:%.*s" : "%s:%.*s";

	snprintf(text, size, format, url->host, len ? (int)len : 1,
		 len ? url->path : "/");
}
