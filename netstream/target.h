/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target is where a session goes: one file per transport behind
 * struct target_ops, chosen by the URL's scheme.
 *
 *	file:///DIR			target-file.c
 *	https://HOST[:PORT]/PATH	target-https.c (tus 1.0)
 *	nfs://HOST[:PORT]/PATH		target-nfs.c
 *	s3://BUCKET[/PREFIX]		target-s3.c
 *
 * A session is a number of named objects, sent one after the other:
 *
 *	target_open()
 *	  target_begin(), target_write() ..., target_end()	per object
 *	target_close()
 *
 * An object that has begun and has not ended is called NAME.incomplete at the
 * target.  Functions log the reason of a failure with the object's name.
 * Retries are decided inside the target, bounded by the deadline and the
 * stall timeout; what comes back is final:
 *
 *	-EACCES	-EEXIST -ENOSPC -EFBIG -EPROTO	refused for good
 *	-ETIMEDOUT				deadline or stall timeout over
 *	-EINVAL					the URL or a setting is wrong
 *	-ENOMEM, other -errno			as the system said
 */
#ifndef NETSTREAM_TARGET_H
#define NETSTREAM_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name.h"

#define TARGET_CHUNK_MAX (4U << 20)
#define TARGET_CHUNK_MIN (64U << 10)

/* How the bytes of an object arrive from the encoder. */
enum object_layout {
	OBJECT_STREAM, /* from the first byte to the last */
	OBJECT_RECORDS, /* (offset, bytes) in any order, gaps are zeros */
};

/* An address that is known of a host name, for when it cannot be looked up. */
struct target_address {
	const char *name;
	const char *address; /* numeric */
};

/* Strings are borrowed and must outlive the target; NULL where not set. */
struct target_config {
	const char *ca; /* PEM file of the only trusted CA */
	const char *cert; /* PEM file of the client certificate */
	const char *key; /* PEM file of its key */
	size_t chunk_size; /* bytes; 0 = target_chunk_size() */
	bool chunk_checksum; /* of each chunk, if the server checks it */
	bool no_digest; /* of objects; for who makes them, not for targets */
	uint64_t deadline_ms; /* on the clock of now_ms(); 0 = none */
	uint64_t stall_ms; /* without an acknowledged byte; 0 = none */
	bool patient; /* https: a stall ends a request, only the deadline all */
	const char *unfinished; /* object that an earlier try has begun */
	const struct target_address *addresses;
	size_t n_addresses;
	const char *progress; /* file of target_progress(); NULL: none */
	const char *nfs_options; /* of mount(2), parted by commas */
	/* Loads a module of the kernel, if it is there; NULL: nobody does. */
	int (*load_module)(const void *arg, const char *name);
	const void *load_module_arg;
	const char *s3_endpoint; /* https://HOST[:PORT]; NULL: Amazon's */
	const char *s3_region;
	const char *s3_credentials; /* file, 0600 */
	const char *s3_ca; /* PEM file; NULL: ca */
	uint64_t s3_max_parts; /* of the store; 0 = 10000 */
};

/* Figures for the manifest; times on the clock of now_ms(), 0 = not yet. */
struct target_stats {
	uint64_t sent; /* bytes put on the way, resent ones too */
	uint64_t acked; /* bytes the target has acknowledged */
	uint64_t resent; /* bytes sent more than once */
	uint64_t retries; /* requests that had to be made again */
	uint64_t first_ack_ms;
	uint64_t chunk_size;
};

struct target {
	const struct target_ops *ops;
	const struct target_config *config;
	const char *session;
	char object[NAME_LEN_MAX + 1]; /* "" between objects */
	enum object_layout layout;
	uint64_t written; /* OBJECT_STREAM: next offset */
	bool records_acked; /* the first chunk of records has arrived */
	uint64_t alive_ms; /* when target_progress() was called */
	uint64_t
		room; /* for the object, as far as is known; UINT64_MAX = any */
	int failed; /* what the object failed with, for later calls */
	uint64_t on_way; /* bytes it may hold; 0: stats.chunk_size */
	struct target_stats stats;
};

struct target_ops {
	const char *scheme; /* "file" for file:// */
	bool in_order; /* bytes early in the file must not come early */
	/* Allocates the transport's own struct, which starts with a target. */
	int (*open)(struct target **ret, const char *url,
		    const struct target_config *config, const char *session);
	int (*begin)(struct target *target);
	int (*write)(struct target *target, uint64_t off, const void *buf,
		     size_t len);
	/* Either may be NULL. */
	int (*expect)(struct target *target, uint64_t head, uint64_t max);
	int (*settled)(struct target *target, uint64_t off, uint64_t len);
	int (*end)(struct target *target, uint64_t size);
	void (*close)(struct target *target);
};

/* Session and config must outlive the target. */
int target_open(struct target **ret, const char *url,
		const struct target_config *config, const char *session);

/*
 * -EINVAL for a name that is not one or two plain components.  An object that
 * has begun and has not ended is given up: NAME.incomplete stays, until an object of its
 * name (config->unfinished) begins again from its first byte.
 */
int target_begin(struct target *target, const char *object,
		 enum object_layout layout);

/* The bytes may be kept until the target acknowledges them, never longer. */
int target_write(struct target *target, uint64_t off, const void *buf,
		 size_t len);

/*
 * OBJECT_RECORDS: the object will have at most max bytes.  The first so many
 * are its head, of which the start is written last, and the rest in several
 * places at once; what is behind it comes in order.  May be called again, as
 * long as nothing behind the head has been written and the head does not grow.
 * Target->room is known then.
 */
int target_expect(struct target *target, uint64_t head, uint64_t max);

/*
 * OBJECT_RECORDS: no record will come for these bytes any more.  Bytes are
 * told of once; not to tell of some costs memory of the target's.
 */
int target_settled(struct target *target, uint64_t off, uint64_t len);

/* Size is that of the finished object; the last byte must be in a record. */
int target_end(struct target *target, uint64_t size);

/* Takes NULL; leaves an object that has not ended as it is. */
void target_close(struct target *target);

/*
 * The chunk that memory allows: an eighth of MemAvailable between
 * TARGET_CHUNK_MIN and TARGET_CHUNK_MAX.
 */
size_t target_chunk_size(void);

/*
 * For transports: counts acknowledged bytes of the object, and says so once
 * for the first chunk of the session and once for the first of its records.
 */
void target_acked(struct target *target, uint64_t len);

/*
 * Tells init, which ends a capture that is silent for longer than the stall
 * timeout, that this one does not hang: the configured file is written anew,
 * with the bytes acknowledged so far.  target_open() begins with it.
 */
void target_progress(const struct target_config *config, uint64_t acked);

/*
 * The same, at most once a second, for transports whose acknowledgements are
 * far apart; target_acked() calls it.
 */
void target_alive(struct target *target);

extern const struct target_ops target_file;
extern const struct target_ops target_https;
extern const struct target_ops target_nfs;
extern const struct target_ops target_s3;

#endif
