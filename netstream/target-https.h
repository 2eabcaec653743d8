/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the https target consists of, for its own files: target-https.c has
 * objects and chunks, target-https-request.c one request after the other.
 */
#ifndef NETSTREAM_TARGET_HTTPS_H
#define NETSTREAM_TARGET_HTTPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "body.h"
#include "digest.h"
#include "http.h"
#include "retry.h"
#include "target.h"
#include "tus.h"

#define HTTPS_WHY_MAX 512

struct https_target {
	struct target target;
	struct http http;
	struct http_options options; /* of http */
	struct tus_reply reply; /* what the last answer's head said */
	struct digest *digest; /* NULL: chunks have no checksum */
	char endpoint[TUS_URL_MAX];
	char upload[TUS_URL_MAX]; /* of this object */

	uint8_t *chunk;
	size_t chunk_size;
	size_t chunk_len;
	struct body body; /* of the next PATCH */
	/* Offsets in the stream of this object: */
	uint64_t chunk_start;
	uint64_t acked; /* what the server has */
	uint64_t pos; /* where the next PATCH starts */
	uint64_t reached; /* the furthest byte that was ever sent */
	bool final; /* the chunk is the last: its end is the length */
	bool finished; /* ... and the server knows */

	struct retry retry;
	bool answered; /* the server has ever answered */
	long status; /* of the last answer; 0: there was none */
	long patch_status; /* of the last answer to a PATCH */
	char why[HTTPS_WHY_MAX]; /* what was wrong with it */
};

/* For log lines: the object, or else the endpoint. */
const char *https_name(const struct https_target *t);

/*
 * Frees the headers.  0: success; 1: try again, see t->why; else final: not
 * logged for an answer (t->status), logged when there was none.
 */
int https_perform(struct https_target *t, struct http_request *request);

/* The second half of the final: logs an answer.  Returns ret. */
int https_refused(const struct https_target *t, int ret);

/* 0: try again now; else the final status, logged. */
int https_wait(struct https_target *t);

/* An answer that is a success and makes no sense: logs, -EPROTO. */
int https_protocol_error(const struct https_target *t, const char *what);

/*
 * A request without a body about the upload, until there is an answer; to
 * DELETE, it is as good to have none.  0 or the final status, logged.
 */
int https_ask(struct https_target *t, const char *method);

#endif
