/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon of libmicrohttpd: a listening socket, TLS 1.3 with the client CA,
 * one thread per connection, because an fsync takes its time.
 */
#ifndef COLLECTOR_SERVER_H
#define COLLECTOR_SERVER_H

#include "netstream/collector/tus.h"

struct server_files {
	const char *cert; /* PEM: the server's certificate and chain */
	const char *key; /* PEM: its key */
	const char *client_ca; /* PEM: who may sign client certificates */
};

struct server;

/*
 * Address is "ADDR:PORT" or "[ADDR]:PORT"; port 0 is any free one, and the
 * log says which.  Logs the reason: -EINVAL for an address, a certificate or a
 * key that cannot be used, or -errno.
 */
int server_start(struct server **ret, const char *address,
		 const struct server_files *files, struct tus *tus);

/* Accepts no more, lets the running requests end for a while; takes NULL. */
void server_stop(struct server *server);

#endif
