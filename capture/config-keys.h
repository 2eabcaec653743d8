/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between config.c, which reads lines, and the keys that they set. */
#ifndef CAPTURE_CONFIG_KEYS_H
#define CAPTURE_CONFIG_KEYS_H

#include "capture/config.h"

struct config_key {
	const char *name;
	/* Returns NULL or what is wrong with the value. */
	const char *(*set)(struct config *config, const struct config_key *key,
			   const char *value);
	size_t off; /* of the field in struct config */
	uint64_t min, max; /* of a number */
	bool repeats;
};

/* NULL: there is no such key.  Index is its number, less than 64. */
const struct config_key *config_find_key(const char *name, size_t *index);

/* A target; NULL or what is wrong with it. */
const char *config_add_url(struct config *config, const char *url);

#endif
