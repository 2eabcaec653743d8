/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limits of the server, in lines that netstream/conf.h reads.
 * vmcollectd(8) explains the keys.
 */
#ifndef COLLECTOR_CONFIG_H
#define COLLECTOR_CONFIG_H

#include <stddef.h>
#include <stdint.h>

struct config {
	uint64_t max_object; /* bytes of a stored object */
	uint64_t max_chunk; /* bytes of one PATCH */
	uint64_t reserve; /* bytes that stay free in the store */
	uint64_t max_connections;
	uint64_t max_sessions; /* that are received at a time; 0: any */
	uint64_t stall_timeout; /* seconds without a byte */
	uint64_t abandon_timeout; /* seconds without a request; 0: never */
};

void config_init(struct config *config);

/* Both log the reason, with file and line; -EINVAL for a bad line. */
int config_parse(struct config *config, const char *path, const char *text,
		 size_t len);
int config_load(struct config *config, const char *path);

#endif
