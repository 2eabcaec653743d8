/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire of tus 1.0 (https://tus.io/protocols/resumable-upload): what goes
 * into request headers and what response headers say.  Nothing here sends.
 */
#ifndef NETSTREAM_TUS_H
#define NETSTREAM_TUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "digest.h"
#include "http-field.h"

#define TUS_VERSION "1.0.0"
#define TUS_URL_MAX 1024
#define TUS_METADATA_MAX 1024
#define TUS_CHECKSUM_MAX 64
#define TUS_TEXT_MAX 200
#define TUS_LENGTH_UNKNOWN UINT64_MAX

#define TUS_STATUS_CHECKSUM_MISMATCH 460

struct tus_reply {
	bool has_offset; /* Upload-Offset */
	bool has_length; /* Upload-Length */
	bool checksum; /* Tus-Extension lists checksum */
	bool sha256; /* Tus-Checksum-Algorithm lists sha256 */
	uint64_t offset;
	uint64_t length;
	struct http_retry_after retry_after;
	char location[TUS_URL_MAX]; /* "" = none, or too long */
};

/*
 * Takes one line of a response, with or without its CR LF; a status line
 * starts a new reply.  A value that cannot be read counts as not there.
 */
void tus_parse_header(struct tus_reply *reply, const char *line, size_t len);

/* The value of Upload-Metadata; -ENOSPC when it does not fit. */
int tus_metadata(char *buf, size_t size, const char *session,
		 const char *object, const char *layout);

/* The value of Upload-Checksum. */
void tus_checksum(char buf[static TUS_CHECKSUM_MAX],
		  const uint8_t sum[static DIGEST_LEN]);

/*
 * Request headers for libcurl, to be freed by the caller; NULL means out of
 * memory.  Without a length and without a sum there is no such header.  With
 * ask_first the body waits for a word of the server, which has just refused one.
 */
struct curl_slist *tus_head_headers(void);
struct curl_slist *tus_post_headers(const char *session, const char *object,
				    const char *layout);
struct curl_slist *tus_patch_headers(uint64_t off, uint64_t length,
				     const uint8_t *sum, bool ask_first);

/*
 * The URL of the upload from the Location of a 201, absolute or relative to
 * the endpoint.  It stays on the endpoint's scheme, host and port: -EPROTO
 * when it points elsewhere.  An http:// Location on the same host comes from
 * servers that do not know of the TLS in front of them: only path and query
 * are taken over.
 */
int tus_resolve(char *url, size_t size, const char *endpoint,
		const char *location);

/* The first line of a text answer: printable ASCII, cut; "" when empty. */
void tus_text(char text[static TUS_TEXT_MAX + 1], const char *body, size_t len);

/*
 * 0: the answer is a success; 1: worth another try after asking for the
 * offset; else the final -errno of a refusal.
 */
int tus_status(long status);

#endif
