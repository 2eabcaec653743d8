// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Targets in the configuration: what is a URL of each scheme, and what each
 * needs of the other keys.  A URL ends up in log lines, so it must not carry
 * a password.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/config-keys.h"
#include "netstream/log.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* docs.aws.amazon.com, "General purpose bucket naming rules". */
#define BUCKET_MIN 3
#define BUCKET_MAX 63

static const char *check_file(const char *rest)
{
	return *rest == '/' ? NULL : "not an absolute path";
}

/* "" or components that are neither empty nor dots, "/" between them. */
static const char *check_components(const char *path)
{
	size_t len;

	if (strlen(path) > CONFIG_PATH_MAX)
		return "path too long";
	if (path[strspn(path, CHARS_PATH)])
		return "character that cannot be in a path";
	for (; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if (len == 0)
			return "empty component in the path";
		if (len <= 2 && strspn(path, ".") >= len)
			return "dots in the path";
	}
	return NULL;
}

static const char *check_s3(const char *rest)
{
	size_t len = strspn(rest, CHARS_HOST);

	if (rest[len] && rest[len] != '/')
		return "not the name of a bucket";
	if (len < BUCKET_MIN || len > BUCKET_MAX || strchr(".-_", rest[0]) ||
	    strchr(".-_", rest[len - 1]))
		return "not the name of a bucket";
	return check_components(rest + len + (rest[len] == '/'));
}

/* [V6] in brackets; returns what is behind it, or NULL. */
static const char *skip_v6(const char *text)
{
	char numeric[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t len = strcspn(++text, "]");

	if (!text[len] || len >= sizeof(numeric))
		return NULL;
	memcpy(numeric, text, len);
	numeric[len] = '\0';
	if (inet_pton(AF_INET6, numeric, &address) != 1)
		return NULL;
	return text + len + 1;
}

static const char *check_port(const char *text, size_t len)
{
	unsigned int port = 0;

	if (len == 0 || len > 5 || strspn(text, "0123456789") < len)
		return "not a port";
	while (len--)
		port = port * 10 + (unsigned int)(*text++ - '0');
	return port > 0 && port <= UINT16_MAX ? NULL : "not a port";
}

/* HOST[:PORT], the len bytes of it. */
static const char *check_host(const char *text, size_t len)
{
	const char *end;

	if (memchr(text, '@', len))
		return "user name in the URL";
	end = *text == '[' ? skip_v6(text) : text + strspn(text, CHARS_HOST);
	if (!end || end == text || end > text + len ||
	    end > text + CONFIG_NAME_MAX)
		return "not a host in the URL";
	if (end == text + len)
		return NULL;
	if (*end != ':')
		return "not a host in the URL";
	return check_port(end + 1, (size_t)(text + len - end) - 1);
}

static const char *check_https(const char *rest)
{
	if (rest[strcspn(rest, " ")])
		return "blank in the URL";
	return check_host(rest, strcspn(rest, "/?"));
}

static const char *check_nfs(const char *rest)
{
	size_t len = strcspn(rest, "/");
	const char *wrong = check_host(rest, len);

	if (wrong)
		return wrong;
	if (!rest[len])
		return "no export in the URL";
	return check_components(rest + len + 1);
}

/* Without a certificate authority nobody knows who gets the vmcore. */
static const char *need_https(const struct config *config)
{
	if (config->ca && config->cert && config->key)
		return NULL;
	return "needs the keys ca, cert and key";
}

static const char *need_s3(const struct config *config)
{
	if (!config->s3_credentials)
		return "needs the key s3_credentials";
	if (!config->s3_endpoint && !config->s3_region)
		return "needs the key s3_endpoint or s3_region";
	if (!config->s3_ca && !config->ca)
		return "needs the key s3_ca or ca";
	return NULL;
}

static const char *need_nothing(const struct config *config)
{
	(void)config;
	return NULL;
}

static const struct scheme {
	const char *name; /* with "://" */
	/* Both return NULL or what is wrong. */
	const char *(*check)(const char *rest);
	const char *(*need)(const struct config *config);
} schemes[] = {
	{ "https://", check_https, need_https },
	{ "s3://", check_s3, need_s3 },
	{ "nfs://", check_nfs, need_nothing },
	{ "file://", check_file, need_nothing },
};

static const struct scheme *find_scheme(const char *url)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (!strncmp(url, schemes[i].name, strlen(schemes[i].name)))
			return &schemes[i];
	return NULL;
}

/* Takes url, which is NULL where there was no memory for it. */
static const char *add_url(struct conf *conf, char *url)
{
	struct config *config = config_of(conf);
	const struct scheme *scheme = url ? find_scheme(url) : NULL;
	const char *wrong;

	if (!url)
		return strerror(ENOMEM);
	if (!scheme)
		wrong = "not an https://, s3://, nfs:// or file:/// URL";
	else if (config->n_targets == CONFIG_TARGETS_MAX)
		wrong = "too many targets";
	else
		wrong = scheme->check(url + strlen(scheme->name));
	if (wrong) {
		free(url);
		return wrong;
	}
	config->target_lines[config->n_targets] = conf->line;
	config->below_path[config->n_targets] = false;
	config->targets[config->n_targets++] = url;
	return NULL;
}

const char *config_add_url(struct conf *conf, const char *url)
{
	return add_url(conf, strdup(url));
}

const char *config_set_url(struct conf *conf, const struct conf_key *key,
			   const char *value)
{
	size_t len = strlen(key->name);

	if (strncmp(value, key->name, len) || strncmp(value + len, "://", 3))
		return conf_wrong(conf, "not an %s:// URL", key->name);
	return add_url(conf, strdup(value));
}

const char *config_set_dir(struct conf *conf, const struct conf_key *key,
			   const char *value)
{
	char *url;

	if (*value != '/')
		return config_set_url(conf, key, value);
	if (asprintf(&url, "file://%s", value) < 0)
		url = NULL;
	return add_url(conf, url);
}

const char *config_set_nfs(struct conf *conf, const struct conf_key *key,
			   const char *value)
{
	struct config *config = config_of(conf);
	const char *colon, *wrong;
	char *url;

	if (strstr(value, "://"))
		return config_set_url(conf, key, value);
	colon = strstr(value, ":/");
	if (!colon)
		return "neither HOST:/EXPORT nor an nfs:// URL";
	if (asprintf(&url, "nfs://%.*s%s", (int)(colon - value), value,
		     colon + 1) < 0)
		url = NULL;
	wrong = add_url(conf, url);
	if (!wrong)
		config->below_path[config->n_targets - 1] = true;
	return wrong;
}

const char *config_set_path(struct conf *conf, const struct conf_key *key,
			    const char *value)
{
	const char *wrong = check_components(value + (*value == '/'));

	return wrong ? wrong : conf_set_string(conf, key, value);
}

int config_join_path(struct config *config)
{
	const char *path = config->path;
	bool used = false;

	if (!path)
		return 0;
	path += *path == '/';
	for (size_t i = 0; i < config->n_targets; i++) {
		char *url = config->targets[i];
		const char *slash = url[strlen(url) - 1] == '/' ? "" : "/";

		if (!config->below_path[i])
			continue;
		used = true;
		config->below_path[i] = false;
		if (asprintf(&url, "%s%s%s", url, slash, path) < 0) {
			log_err("%s: %s", config->file, strerror(ENOMEM));
			return -ENOMEM;
		}
		free(config->targets[i]);
		config->targets[i] = url;
	}
	if (!used)
		log_notice("%s:%u: path: skipped: it counts below nfs "
			   "HOST:/EXPORT only",
			   config->file, config_line(config, "path"));
	return 0;
}

int config_check_targets(const struct config *config)
{
	for (size_t i = 0; i < config->n_targets; i++) {
		const char *url = config->targets[i];
		const struct scheme *scheme = find_scheme(url);
		int len = (int)(strlen(scheme->name) - strlen("://"));
		const char *wrong = scheme->need(config);

		if (!wrong)
			continue;
		if (config->target_lines[i])
			log_err("%s:%u: %.*s: %s", config->file,
				config->target_lines[i], len, url, wrong);
		else
			log_err("option -t: %s: %s", url, wrong);
		return -EINVAL;
	}
	return 0;
}

/* It is signed for, and sent with every request: nothing but a host. */
const char *config_set_endpoint(struct conf *conf, const struct conf_key *key,
				const char *value)
{
	static const char scheme[] = "https://";
	const char *wrong;
	size_t len;

	if (strncmp(value, scheme, strlen(scheme)))
		return "not https://HOST[:PORT]";
	len = strcspn(value + strlen(scheme), "/");
	if (value[strlen(scheme) + len])
		return "not https://HOST[:PORT]";
	wrong = check_host(value + strlen(scheme), len);
	return wrong ? wrong : conf_set_string(conf, key, value);
}
