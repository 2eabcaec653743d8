// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "netstream/collector/state.h"
#include "netstream/digest.h"
#include "netstream/io.h"

/*
 * One slot, numbers big endian:
 *
 *	  0  magic      8  seq           16  layout   24  length known
 *	 32  length    40  offset        48  created
 *	 56  reader: state, have, off, left, size (8 bytes each), head[16]
 *	112  zeros    224  SHA-256 of what is before it
 */
#define MAGIC 0x766d636f6c6c0001ULL /* "vmcoll", version 1 */
#define READER 56
#define HEAD (READER + 40)
#define USED (HEAD + FLAT_RECORD_LEN)
#define SUM (STATE_LEN - DIGEST_LEN)
#define SLOT_STEP 4096
/* Behind the slots, as text up to the end of the file. */
#define METADATA (2 * SLOT_STEP)

static int sum_of(const uint8_t *buf, uint8_t sum[static DIGEST_LEN])
{
	struct digest *digest = digest_new();

	if (!digest)
		return -ENOMEM;
	digest_update(digest, buf, SUM);
	digest_final(digest, sum);
	digest_free(digest);
	return 0;
}

int state_encode(const struct state *state, uint8_t buf[static STATE_LEN])
{
	const struct flat_reader *reader = &state->reader;

	memset(buf, 0, STATE_LEN);
	put_be64(buf, MAGIC);
	put_be64(buf + 8, state->seq);
	put_be64(buf + 16, state->layout);
	put_be64(buf + 24, state->length_known);
	put_be64(buf + 32, state->length);
	put_be64(buf + 40, state->offset);
	put_be64(buf + 48, state->created);
	put_be64(buf + READER, reader->state);
	put_be64(buf + READER + 8, reader->have);
	put_be64(buf + READER + 16, reader->off);
	put_be64(buf + READER + 24, reader->left);
	put_be64(buf + READER + 32, reader->size);
	memcpy(buf + HEAD, reader->head, FLAT_RECORD_LEN);
	return sum_of(buf, buf + SUM);
}

static int reader_decode(struct flat_reader *reader, const uint8_t *buf)
{
	uint64_t state = get_be64(buf), have = get_be64(buf + 8);

	if (state > FLAT_END || have > FLAT_HEADER_LEN ||
	    (state != FLAT_HEADER && have > FLAT_RECORD_LEN))
		return -EBADMSG;
	reader->state = (uint32_t)state;
	reader->have = (uint32_t)have;
	reader->off = get_be64(buf + 16);
	reader->left = get_be64(buf + 24);
	reader->size = get_be64(buf + 32);
	if (reader->off > INT64_MAX || reader->size > INT64_MAX ||
	    reader->left > INT64_MAX - reader->off)
		return -EBADMSG;
	memcpy(reader->head, buf + HEAD - READER, FLAT_RECORD_LEN);
	return 0;
}

int state_decode(struct state *state, const uint8_t buf[static STATE_LEN])
{
	uint8_t sum[DIGEST_LEN];
	uint64_t layout = get_be64(buf + 16), known = get_be64(buf + 24);
	int ret;

	if (get_be64(buf) != MAGIC)
		return -EBADMSG;
	ret = sum_of(buf, sum);
	if (ret < 0)
		return ret;
	if (memcmp(sum, buf + SUM, DIGEST_LEN) || layout > LAYOUT_FLAT ||
	    known > 1)
		return -EBADMSG;
	*state = (struct state){
		.seq = get_be64(buf + 8),
		.layout = (uint32_t)layout,
		.length_known = known,
		.length = get_be64(buf + 32),
		.offset = get_be64(buf + 40),
		.created = get_be64(buf + 48),
	};
	if (state->offset > INT64_MAX ||
	    (known && state->offset > state->length))
		return -EBADMSG;
	return reader_decode(&state->reader, buf + READER);
}

static int put_slot(int fd, const struct state *state)
{
	uint8_t buf[STATE_LEN];
	int ret;

	ret = state_encode(state, buf);
	if (ret < 0)
		return ret;
	ret = pwrite_full(fd, buf, sizeof(buf), state->seq % 2 * SLOT_STEP);
	if (ret < 0)
		return ret;
	return fdatasync(fd) < 0 ? -errno : 0;
}

int state_create(int fd, struct state *state)
{
	static const uint8_t empty[STATE_LEN];
	int ret;

	state->seq = 0;
	ret = pwrite_full(fd, empty, sizeof(empty), SLOT_STEP);
	if (ret < 0)
		return ret;
	return put_slot(fd, state);
}

int state_put_metadata(int fd, const char *text)
{
	size_t len = strlen(text);

	if (len > STATE_METADATA_MAX)
		return -EINVAL;
	return pwrite_full(fd, text, len, METADATA);
}

int state_get_metadata(int fd, char text[static STATE_METADATA_MAX + 1])
{
	ssize_t len = pread(fd, text, STATE_METADATA_MAX, METADATA);

	if (len < 0)
		return -errno;
	text[len] = '\0';
	return 0;
}

int state_load(int fd, struct state *state)
{
	uint8_t buf[STATE_LEN];
	struct state slot;
	int found = -EBADMSG, ret;

	for (uint64_t i = 0; i < 2; i++) {
		ret = pread_full(fd, buf, sizeof(buf), i * SLOT_STEP);
		if (ret == -ENODATA)
			continue;
		if (ret < 0)
			return ret;
		if (state_decode(&slot, buf) < 0 || slot.seq % 2 != i)
			continue;
		if (!found && slot.seq < state->seq)
			continue;
		*state = slot;
		found = 0;
	}
	return found;
}

int state_save(int fd, struct state *state)
{
	int ret;

	state->seq++;
	ret = put_slot(fd, state);
	if (ret < 0)
		state->seq--;
	return ret;
}
