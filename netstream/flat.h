/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's flattened format: a file as a stream of records, each with
 * its place in the file, so that it can be made in any order and sent through
 * a pipe (makedumpfile.h: MAKEDUMPFILE_SIGNATURE, struct makedumpfile_header,
 * struct makedumpfile_data_header; facts in netstream(5)).
 *
 *	4096 bytes: "makedumpfile" padded with NULs to 16, BE u64 type 1,
 *		    BE u64 version 1, zeros
 *	records:    BE s64 offset, BE s64 size, then size bytes
 *	end mark:   offset = size = -1
 *
 * Ranges that no record covers are zeros.  One record is shorter than 2 GiB,
 * because makedumpfile -R counts in an int.
 */
#ifndef NETSTREAM_FLAT_H
#define NETSTREAM_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLAT_HEADER_LEN 4096
#define FLAT_RECORD_LEN 16
#define FLAT_RECORD_MAX 0x7ffff000ULL

void flat_put_header(uint8_t buf[static FLAT_HEADER_LEN]);
void flat_put_record(uint8_t buf[static FLAT_RECORD_LEN], uint64_t off,
		     uint64_t len);
void flat_put_end(uint8_t buf[static FLAT_RECORD_LEN]);

/*
 * The reader takes the stream in pieces of any length.  Its state is plain
 * data: it may be stored and loaded again to go on at the same byte.
 */
enum flat_state { FLAT_HEADER, FLAT_RECORD, FLAT_DATA, FLAT_END };

struct flat_reader {
	uint32_t state; /* enum flat_state */
	uint32_t have; /* bytes of the header or of head[] seen */
	uint8_t head[FLAT_RECORD_LEN];
	uint64_t off; /* FLAT_DATA: where the next byte belongs */
	uint64_t left; /* FLAT_DATA: bytes missing in this record */
	uint64_t size; /* largest end of any record: the file's size */
	uint64_t limit; /* no record may end beyond this */
};

void flat_reader_init(struct flat_reader *reader, uint64_t limit);

/* Gets the bytes of a record, whole or in pieces; 0 or -errno. */
typedef int (*flat_sink)(void *arg, uint64_t off, const void *buf, size_t len);

/*
 * -EBADMSG: not the flattened format, or bytes behind the end mark;
 * -EFBIG: a record that ends beyond the limit; or what the sink returned.
 */
int flat_read(struct flat_reader *reader, const void *buf, size_t len,
	      flat_sink sink, void *arg);

static inline bool flat_finished(const struct flat_reader *reader)
{
	return reader->state == FLAT_END;
}

#endif
