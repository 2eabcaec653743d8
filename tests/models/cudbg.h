/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's cxgb4 driver puts into its device dump: a header, a table
 * of entity headers, one for each number from 1 on, and their data, of which
 * start_offset counts from the header.  Compressed data is a row of chunks,
 * each with a header of its own.  Everything is in the byte order of the host
 * (x86), padded as its compiler does.  From the kernel's
 * drivers/net/ethernet/chelsio/cxgb4/: cudbg_if.h, cudbg_lib_common.h,
 * cudbg_zlib.h, cxgb4_cudbg.c.
 *
 * The dump is not trusted: all sizes in it are checked before they are used.
 */
#ifndef TESTS_MODELS_CUDBG_H
#define TESTS_MODELS_CUDBG_H

#include <stddef.h>
#include <stdint.h>

#define CUDBG_SIGNATURE 67856866
#define CUDBG_HDR_LEN 56
#define CUDBG_ENTITY_HDR_LEN 52
#define CUDBG_CHUNK_HDR_LEN 280
#define CUDBG_ENTITIES_MAX 256

/* CUDBG_CHUNK_SIZE, which is 63 KiB, rounded up. */
#define CUDBG_CHUNK_MAX (64U << 10)

struct cudbg {
	const uint8_t *data;
	size_t len; /* of what counts: up to data_len of the header */
	uint32_t hdr_len;
	uint32_t n_entities;
	uint16_t major, minor;
	uint8_t chip;
	uint8_t compression; /* 0 none, 2 zlib */
};

struct cudbg_entity {
	uint32_t type;
	int32_t flags; /* 0, or why it is not there (CUDBG_STATUS_*) */
	int32_t sys_warn;
	int32_t sys_err; /* -errno */
	const uint8_t *data;
	size_t len; /* as stored, without padding */
};

/* The data stays the caller's.  -EBADMSG: not such a dump, or cut short. */
int cudbg_open(struct cudbg *dump, const void *data, size_t len);

/* -ENOENT when the driver did not try; -EBADMSG when it is not inside. */
int cudbg_entity(const struct cudbg *dump, uint32_t type,
		 struct cudbg_entity *ret);

/*
 * The entity's data as the driver collected it goes to put(), which returns 0
 * or an error that ends it.  put may be NULL.  -EBADMSG for damaged data.
 */
int cudbg_inflate(const struct cudbg *dump, const struct cudbg_entity *entity,
		  int (*put)(void *arg, const void *data, size_t len),
		  void *arg);

/* As in enum cudbg_dbg_entity_type, without CUDBG_; NULL and 0 if unknown. */
const char *cudbg_name(uint32_t type);
uint32_t cudbg_type(const char *name);

#endif
