// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "../../netstream/nfs.h"
#include "../tap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void takes_urls_apart(void)
{
	static const struct {
		const char *text, *host, *path;
		unsigned int port;
	} urls[] = {
		{ "nfs://filer/export", "filer", "/export", 0 },
		{ "nfs://10.1.2.3:12049/a/b/", "10.1.2.3", "/a/b", 12049 },
		{ "nfs://[fd00::1]:2049//a//..b/.c", "fd00::1", "/a/..b/.c",
		  2049 },
		{ "nfs://filer-1.example/", "filer-1.example", "", 0 },
		{ "nfs://filer:65535/a:b@c", "filer", "/a:b@c", 65535 },
	};
	struct nfs_url url;

	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		CHECK_INT(nfs_parse_url(&url, urls[i].text), 0);
		CHECK_STR(url.host, urls[i].host);
		CHECK_STR(url.path, urls[i].path);
		CHECK_INT(url.port, urls[i].port);
	}
}

static void refuses_what_is_no_url(void)
{
	static const char *const urls[] = {
		"",
		"nfs://",
		"nfs:///export",
		"nfs://host",
		"nfs://host:/export",
		"nfs://host:0/export",
		"nfs://host:65536/export",
		"nfs://host:99999999999/export",
		"nfs://host:2049x/export",
		"nfs://user@host/export",
		"nfs://host/a b",
		"nfs://host/a\n",
		"nfs://ho,st/export",
		"nfs://[fd00::1/export",
		"nfs://[host]/export",
		"nfs://[]/export",
		"nfs://host/a/../b",
		"nfs://host/./b",
		"https://host/export",
	};
	struct nfs_url url;

	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		int ret = nfs_parse_url(&url, urls[i]);

		if (!ret)
			printf("# taken: %s\n", urls[i]);
		CHECK_INT(ret, -EINVAL);
	}
}

static void has_room_for_the_longest(void)
{
	char text[NFS_HOST_MAX + NFS_PATH_MAX + 16];
	struct nfs_url url;
	int n;

	memset(text, 'x', sizeof(text));
	memcpy(text, "nfs://", 6);
	n = 6 + NFS_HOST_MAX;
	text[n] = '/';
	text[n + NFS_PATH_MAX] = '\0';
	CHECK_INT(nfs_parse_url(&url, text), 0);
	CHECK_INT(strlen(url.host), NFS_HOST_MAX);
	CHECK_INT(strlen(url.path), NFS_PATH_MAX);
	text[n + NFS_PATH_MAX] = 'x';
	text[n + NFS_PATH_MAX + 1] = '\0';
	CHECK_INT(nfs_parse_url(&url, text), -EINVAL);
	text[n] = 'x';
	text[n + 1] = '/';
	text[n + 2] = '\0';
	CHECK_INT(nfs_parse_url(&url, text), -EINVAL);
}

static void names_the_parts_of_a_path(void)
{
	struct nfs_url url = { .host = "filer", .path = "/a/b" };
	char text[64];

	nfs_source(text, sizeof(text), &url, 4);
	CHECK_STR(text, "filer:/a/b");
	nfs_source(text, sizeof(text), &url, 2);
	CHECK_STR(text, "filer:/a");
	nfs_source(text, sizeof(text), &url, 0);
	CHECK_STR(text, "filer:/");
	strcpy(url.host, "fd00::1");
	nfs_source(text, sizeof(text), &url, 4);
	CHECK_STR(text, "[fd00::1]:/a/b");
}

static void tries_versions_in_order(void)
{
	struct nfs_version versions[NFS_VERSIONS_MAX];

	CHECK_INT(nfs_versions(versions, NULL), 3);
	CHECK_STR(versions[0].text, "4.2");
	CHECK_STR(versions[1].text, "4.1");
	CHECK_STR(versions[2].text, "3");
	CHECK_STR(versions[1].module, "nfsv4");
	CHECK_STR(versions[2].module, "nfsv3");
	CHECK_INT(nfs_versions(versions, "rsize=65536,xvers=4"), 3);
}

static void tries_only_what_the_user_wants(void)
{
	static const char *const wrong[] = { "vers=2",	  "vers=",
					     "vers=41",	  "vers=4.22222222",
					     "vers=four", "nfsvers=5" };
	struct nfs_version versions[NFS_VERSIONS_MAX];

	CHECK_INT(nfs_versions(versions, "vers=4.1,hard"), 1);
	CHECK_STR(versions[0].text, "4.1");
	CHECK_STR(versions[0].module, "nfsv4");
	CHECK_INT(nfs_versions(versions, "vers=4.1,nodev,vers=3"), 1);
	CHECK_STR(versions[0].text, "3");
	CHECK_INT(nfs_versions(versions, "nfsvers=4"), 1);
	CHECK_STR(versions[0].text, "4");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		CHECK_INT(nfs_versions(versions, wrong[i]), -EINVAL);
}

static const char *options(const char *version, struct nfs_mount mount)
{
	static char text[NFS_OPTIONS_MAX + 1];
	struct nfs_version versions[NFS_VERSIONS_MAX];

	CHECK_INT(nfs_versions(versions, version), 1);
	CHECK_INT(nfs_options(text, &versions[0], &mount), 0);
	return text;
}

static void says_all_that_mount_nfs_would(void)
{
	CHECK_STR(options("vers=4.2",
			  (struct nfs_mount){
				  .address = "10.0.2.2",
				  .stall_ms = 120000,
			  }),
		  "vers=4.2,proto=tcp,addr=10.0.2.2,sec=sys,softerr,"
		  "timeo=300,retrans=2");
	CHECK_STR(options("vers=3",
			  (struct nfs_mount){
				  .address = "10.0.2.2",
				  .port = 2050,
				  .stall_ms = 10000,
				  .options = "mountport=20048",
			  }),
		  "vers=3,proto=tcp,addr=10.0.2.2,port=2050,mountvers=3,"
		  "mountproto=tcp,mountaddr=10.0.2.2,nolock,sec=sys,softerr,"
		  "timeo=25,retrans=2,mountport=20048");
}

/* All requests together, over TCP: timeo * (1 + retrans). */
static void fails_before_the_stall_timeout(void)
{
	static const uint64_t stalls[] = { 400, 1000, 5000, 120000, 230000 };

	for (size_t i = 0; i < ARRAY_SIZE(stalls); i++) {
		const char *text =
			options("vers=4.1", (struct nfs_mount){
						    .address = "::1",
						    .stall_ms = stalls[i],
					    });
		const char *at = strstr(text, "timeo=");
		unsigned int timeo = 0, retrans = 0;

		CHECK(at &&
		      sscanf(at, "timeo=%u,retrans=%u", &timeo, &retrans) == 2);
		CHECK(timeo > 0);
		CHECK(timeo * 100ULL * (1 + retrans) < stalls[i]);
	}
}

static void refuses_too_many_options(void)
{
	struct nfs_version versions[NFS_VERSIONS_MAX];
	static char text[NFS_OPTIONS_MAX + 1];
	static char many[NFS_OPTIONS_MAX];
	const struct nfs_mount mount = { .address = "::1", .options = many };

	memset(many, 'x', sizeof(many) - 1);
	CHECK_INT(nfs_versions(versions, many), 3);
	CHECK_INT(nfs_options(text, &versions[0], &mount), -E2BIG);
}

int main(void)
{
	RUN(takes_urls_apart);
	RUN(refuses_what_is_no_url);
	RUN(has_room_for_the_longest);
	RUN(names_the_parts_of_a_path);
	RUN(tries_versions_in_order);
	RUN(tries_only_what_the_user_wants);
	RUN(says_all_that_mount_nfs_would);
	RUN(fails_before_the_stall_timeout);
	RUN(refuses_too_many_options);
	return tap_done();
}
