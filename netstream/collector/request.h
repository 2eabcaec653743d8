/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text in a request that a client controls: numbers, paths, metadata,
 * checksums.  Pure functions without a connection, so that they can be tested
 * and fuzzed.  All return 0 or -EINVAL; results change only on success.
 */
#ifndef COLLECTOR_REQUEST_H
#define COLLECTOR_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "netstream/collector/state.h"
#include "netstream/collector/store.h"
#include "netstream/digest.h"

#define REQUEST_ROOT "/files"

/* Decimal digits only, at most INT64_MAX. */
int request_number(const char *text, uint64_t *ret);

/* "/files/CLIENT/SESSION/OBJECT" as it was sent: nothing is unescaped. */
int request_path(const char *path, struct object_name *ret);

/*
 * Upload-Metadata: session, object and layout ("flat" or "stream", the
 * default) are taken, other keys ignored.  name->client is left alone.
 */
int request_metadata(const char *text, struct object_name *name,
		     enum layout *layout);

/* Upload-Checksum: "sha256 BASE64". */
int request_checksum(const char *text, uint8_t sum[static DIGEST_LEN]);

/* Strict base64 with padding: bytes written, or -EINVAL. */
int request_base64(const char *text, size_t len, uint8_t *buf, size_t max);

#endif
