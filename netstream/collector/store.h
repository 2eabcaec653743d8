/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store: <dir>/<client>/<session>/<object>.  Names come from clients, so
 * every path is built from checked components, opened one by one below the
 * store's descriptor, and a symbolic link is never followed.
 *
 * While an object is on its way its files are called
 *
 *	OBJECT.incomplete	the bytes so far
 *	.OBJECT.upload		what is needed to go on (state.h)
 */
#ifndef COLLECTOR_STORE_H
#define COLLECTOR_STORE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netstream/name.h"

#define STORE_CLIENT_MAX 64
/* ".OBJECT.upload" and "OBJECT.incomplete" with their NUL */
#define STORE_FILE_MAX (NAME_LEN_MAX + 16)
#define STORE_MANIFEST "manifest.json"
/* The server's own one, until it is on the disk. */
#define STORE_MANIFEST_NEW ".manifest.json.new"

/* Where an object is: checked text, fit for paths and for the log. */
struct object_name {
	char client[STORE_CLIENT_MAX + 1];
	char session[NAME_LEN_MAX + 1];
	char object[NAME_LEN_MAX + 1]; /* one or two components */
};

struct store {
	int fd;
	uint64_t reserve; /* bytes that stay free */
	pthread_mutex_t lock;
	uint64_t promised; /* bytes that running requests may still write */
};

/* [A-Za-z0-9._-], not starting with a dot. */
bool store_client_ok(const char *name);

/*
 * Logs the reason.  With lock set, nobody else may serve the store as long
 * as it is open: -EWOULDBLOCK.
 */
int store_open(struct store *store, const char *dir, uint64_t reserve,
	       bool lock);
void store_close(struct store *store);

/* A directory below dir, never through a link: its descriptor or -errno. */
int store_subdir(int dir, const char *name);

/*
 * The descriptor of the session's directory, or -errno.  With create, missing
 * directories are made durable and *started says if the session is new.
 */
int store_session(const struct store *store, const struct object_name *name,
		  bool create, bool *started);

/* The same for the directory that holds the object; *leaf is its name there. */
int store_object(int session, const struct object_name *name, bool create,
		 const char **leaf);

/*
 * Counts need bytes as used before they are: -ENOSPC when they would eat into
 * the reserve.  store_unpromise() takes them back.
 */
int store_promise(struct store *store, uint64_t need);
void store_unpromise(struct store *store, uint64_t need);

/*
 * Gives a file its name, durably; -EEXIST: never over another one.  Its bytes
 * are synced by the caller.
 */
int store_rename(int dir, const char *from, const char *to);

struct store_total {
	unsigned int n_objects;
	uint64_t size;
};

bool store_session_complete(int session);

/*
 * Forget how the session's finished objects came in, after its manifest has
 * arrived: nobody will ask for their offsets any more.  What is known of one
 * that was cut off stays, to tell its client.  Counts the objects.
 */
void store_session_clean(int session, struct store_total *total);

#endif
