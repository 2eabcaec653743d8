/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTP request from its headers to its answer.  A method decides by
 * setting the status, once; what it left open is closed by call_free().
 */
#ifndef COLLECTOR_CALL_H
#define COLLECTOR_CALL_H

#include <microhttpd.h>

#include "netstream/collector/hold.h"
#include "netstream/collector/tus.h"
#include "netstream/collector/upload.h"

#define CALL_PEER_MAX 64
#define CALL_TEXT_MAX 160

struct call {
	struct tus *tus;
	struct MHD_Connection *connection;
	const struct method *method;
	char peer[CALL_PEER_MAX];
	struct object_name name; /* parts are empty until they are known */
	uint64_t body_len;

	/* the answer */
	unsigned int status; /* 0 while undecided */
	char text[CALL_TEXT_MAX];
	unsigned int retry_s; /* Retry-After; 0: that of the status */
	bool show_offset; /* with the headers of the upload */
	bool show_metadata;
	bool show_location;
	bool replied;

	/* what is worked on */
	uint64_t touched_ms; /* when the session was told of its client */
	struct hold *hold;
	int session, dir;
	struct upload upload;
	bool upload_opened;

	/* PATCH */
	struct spool spool;
	bool spool_opened;
	uint64_t promised;
	bool has_sum, has_length;
	uint8_t sum[DIGEST_LEN];
	uint64_t length;
};

struct method {
	const char *name;
	void (*begin)(struct call *call); /* the headers are there */
	void (*data)(struct call *call, const void *buf, size_t len);
	void (*end)(struct call *call); /* the body is there */
};

struct call *call_new(struct tus *tus, struct MHD_Connection *connection);
/* Takes NULL. */
void call_free(struct call *call);
/* Ends what is held for the upload, so that the next request may go on. */
void call_release(struct call *call);

const char *call_header(const struct call *call, const char *name);

/* Decides and logs one line: peer, object, why. */
void call_refuse(struct call *call, unsigned int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for an -errno of the store or of an upload; what failed. */
void call_fail(struct call *call, int err, const char *what);
/* Decides without a line: what has been logged before. */
void call_answer(struct call *call, unsigned int status, const char *text);
/* Logs a line about the object. */
void call_log(const struct call *call, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The client of the session is there: for its age, and for its seat. */
void call_touch(struct call *call);

/* Takes the hold and opens the upload; refuses when it cannot: false. */
bool call_open_upload(struct call *call, bool may_be_cut);

/* Space for a request; refuses when there is none: false. */
bool call_promise(struct call *call, uint64_t need);

/* So much of it is used by now, and no longer free in any case. */
void call_spooled(struct call *call, size_t len);

/* The object is complete: logs it, and ends the session with its manifest. */
void call_finished(struct call *call);

enum MHD_Result call_reply(struct call *call);

#endif
