/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the table of keys and the files that know what they mean. */
#ifndef CAPTURE_CONFIG_KEYS_H
#define CAPTURE_CONFIG_KEYS_H

#include "capture/config.h"
#include "netstream/conf.h"

#define CHARS_ALNUM                  \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789"
#define CHARS_HOST CHARS_ALNUM ".-_"
/* Of paths that init's shell or a URL gets to see. */
#define CHARS_PATH CHARS_ALNUM "/._-+,:@=~"

/* The text is read into config. */
void config_conf(struct conf *conf, struct config *config, const char *name);

/* That set the key; 0: none. */
unsigned int config_line(const struct config *config, const char *key);

static inline struct config *config_of(struct conf *conf)
{
	return conf->config;
}

/* Setters; config-target.c. */
conf_setter config_set_url; /* https://, s3:// as the key says */
conf_setter config_set_dir; /* the same with file://, or a plain path */
conf_setter config_set_nfs; /* nfs://, or HOST:/EXPORT */
conf_setter config_set_path;
conf_setter config_set_endpoint;
/* A target of any kind, from the command line. */
const char *config_add_url(struct conf *conf, const char *url);
/* Puts "path" behind the nfs targets that want it; -ENOMEM, logged. */
int config_join_path(struct config *config);
/* What each target needs; -EINVAL, logged. */
int config_check_targets(const struct config *config);

/* config-makedumpfile.c */
conf_setter config_set_core_collector;

#endif
