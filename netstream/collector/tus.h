/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tus 1.0 as a handler of libmicrohttpd: core, creation,
 * creation-defer-length, termination and checksum (sha256).
 *
 *	POST   /files				creates CLIENT/SESSION/OBJECT
 *	HEAD   /files/CLIENT/SESSION/OBJECT	tells the offset
 *	PATCH  (same)				appends at the offset
 *	DELETE (same)				removes what is not complete
 *
 * A client can add below its own name, and nothing else: there is no way to
 * read, to list or to overwrite.
 */
#ifndef COLLECTOR_TUS_H
#define COLLECTOR_TUS_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>

#include "netstream/collector/admission.h"
#include "netstream/collector/config.h"
#include "netstream/collector/hold.h"
#include "netstream/collector/store.h"

#define TUS_VERSION "1.0.0"

struct tus {
	const struct config *config;
	struct store *store;
	struct holds holds;
	struct admission admission;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	unsigned int n_calls; /* requests between headers and answer */
	bool stopping;
};

int tus_init(struct tus *tus, const struct config *config, struct store *store);
void tus_destroy(struct tus *tus);

/* MHD_AccessHandlerCallback and MHD_RequestCompletedCallback; cls is a tus. */
enum MHD_Result tus_handle(void *cls, struct MHD_Connection *connection,
			   const char *url, const char *method,
			   const char *version, const char *data,
			   size_t *data_len, void **context);
void tus_completed(void *cls, struct MHD_Connection *connection, void **context,
		   enum MHD_RequestTerminationCode code);

/* The headers of OPTIONS. */
void tus_describe(const struct tus *tus, struct MHD_Response *response);

/* Refuses new requests and waits for the running ones, some seconds long. */
void tus_drain(struct tus *tus, unsigned int seconds);

#endif
