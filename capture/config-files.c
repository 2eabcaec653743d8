// SPDX-License-Identifier: GPL-2.0-or-later
/* Are the files there that the configuration names, and are they what it says? */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/config-keys.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FIELD(name) #name, offsetof(struct config, name)
#define TEXT_MAX (1U << 20) /* a bundle of all public CAs has a quarter */

/* Labels of RFC 7468; a key that asks for a password has nobody to ask. */
#define CERTIFICATE \
	.has = "-----BEGIN CERTIFICATE-----", .lacks = "no certificate in PEM"
#define PRIVATE_KEY .has = "PRIVATE KEY-----", .lacks = "no private key in PEM"

static const struct named_file {
	const char *key;
	size_t off; /* of its name */
	bool secret; /* nobody else may read it */
	bool program;
	const char *has; /* text that is in it; NULL: any */
	const char *lacks; /* what to say when it is not */
	const char *has_not;
} files[] = {
	{ FIELD(ca), CERTIFICATE },
	{ FIELD(cert), CERTIFICATE },
	{ FIELD(key), .secret = true, PRIVATE_KEY, .has_not = "ENCRYPTED" },
	{ FIELD(s3_credentials), .secret = true, .has = "secret_key",
	  .lacks = "no secret_key" },
	{ FIELD(s3_ca), CERTIFICATE },
	{ FIELD(kdump_pre), .program = true },
	{ FIELD(kdump_post), .program = true },
	{ FIELD(kdump_emergency), .program = true },
};

static const char *check_mode(const struct named_file *file, mode_t mode)
{
	if (!S_ISREG(mode))
		return "not a regular file";
	if (file->secret && (mode & (S_IRWXG | S_IRWXO)))
		return "not for its owner alone: mode 0600 is";
	if (file->program && !(mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return "not executable";
	return NULL;
}

static const char *check_text(const struct named_file *file, const char *text)
{
	if (file->has && !strstr(text, file->has))
		return file->lacks;
	if (file->has_not && strstr(text, file->has_not))
		return "asks for a password";
	return NULL;
}

/* Returns NULL or what is wrong with the file. */
static const char *check_file(const struct named_file *file, const char *path)
{
	const char *wrong;
	struct stat st;
	char *text;
	int ret;

	if (stat(path, &st) < 0)
		return strerror(errno);
	wrong = check_mode(file, st.st_mode);
	if (wrong || !file->has)
		return wrong;
	ret = read_file(path, TEXT_MAX, &text, NULL);
	if (ret < 0)
		return strerror(-ret);
	wrong = check_text(file, text);
	free(text);
	return wrong;
}

int config_check_files(const struct config *config, const char *root)
{
	const char *name, *wrong;
	char *path;
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		name = *(char *const *)((const char *)config + files[i].off);
		if (!name)
			continue;
		if (asprintf(&path, "%s%s%s", root,
			     *root && *name != '/' ? "/" : "", name) < 0)
			return -ENOMEM;
		wrong = check_file(&files[i], path);
		if (wrong) {
			log_err("%s:%u: %s: %s: %s", config->file,
				config_line(config, files[i].key), files[i].key,
				path, wrong);
			ret = -EINVAL;
		}
		free(path);
	}
	return ret;
}
