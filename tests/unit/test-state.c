// SPDX-License-Identifier: GPL-2.0-or-later
// objects: netstream/collector/state.o
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "netstream/collector/state.h"
#include "netstream/io.h"
#include "tests/tap.h"

static const struct state sample = {
	.seq = 5,
	.layout = LAYOUT_FLAT,
	.length_known = true,
	.length = 1ULL << 40,
	.offset = 123456789,
	.created = 1767225600,
	.reader = { .state = FLAT_DATA,
		    .have = 3,
		    .head = "0123456789abcde",
		    .off = 4096,
		    .left = 77,
		    .size = 1ULL << 33 },
};

static void gives_back_what_was_put_in(void)
{
	uint8_t buf[STATE_LEN];
	struct state got;

	CHECK_INT(state_encode(&sample, buf), 0);
	CHECK_INT(state_decode(&got, buf), 0);
	CHECK_INT(got.seq, 5);
	CHECK_INT(got.layout, LAYOUT_FLAT);
	CHECK_INT(got.length_known, 1);
	CHECK_INT(got.length, 1ULL << 40);
	CHECK_INT(got.offset, 123456789);
	CHECK_INT(got.created, 1767225600);
	CHECK_INT(got.reader.state, FLAT_DATA);
	CHECK_INT(got.reader.have, 3);
	CHECK_MEM(got.reader.head, sample.reader.head, FLAT_RECORD_LEN);
	CHECK_INT(got.reader.off, 4096);
	CHECK_INT(got.reader.left, 77);
	CHECK_INT(got.reader.size, 1ULL << 33);
}

static void notices_every_flipped_bit(void)
{
	uint8_t buf[STATE_LEN];
	struct state got;

	CHECK_INT(state_encode(&sample, buf), 0);
	for (size_t bit = 0; bit < 8 * STATE_LEN; bit++) {
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_INT(state_decode(&got, buf), -EBADMSG);
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void refuses_values_that_make_no_sense(void)
{
	struct state bad[6], got;
	uint8_t buf[STATE_LEN];

	for (size_t i = 0; i < 6; i++)
		bad[i] = sample;
	bad[0].layout = 2;
	bad[1].offset = bad[1].length + 1;
	bad[2].reader.state = FLAT_END + 1;
	bad[3].reader.have = FLAT_RECORD_LEN + 1;
	bad[4].reader.left = INT64_MAX;
	bad[5].offset = bad[5].length = UINT64_MAX;
	for (size_t i = 0; i < 6; i++) {
		CHECK_INT(state_encode(&bad[i], buf), 0);
		CHECK_INT(state_decode(&got, buf), -EBADMSG);
	}
}

static void the_newest_slot_counts(void)
{
	struct state state = sample, got;
	int fd = memfd_create("state", MFD_CLOEXEC);

	CHECK_INT(state_load(fd, &got), -EBADMSG);
	CHECK_INT(state_create(fd, &state), 0);
	for (uint64_t i = 1; i <= 5; i++) {
		state.offset = i;
		CHECK_INT(state_save(fd, &state), 0);
		CHECK_INT(state_load(fd, &got), 0);
		CHECK_INT(got.offset, i);
		CHECK_INT(got.seq, i);
	}
	close(fd);
}

static void keeps_what_the_client_said(void)
{
	char longest[STATE_METADATA_MAX + 2], got[STATE_METADATA_MAX + 1];
	int fd = memfd_create("state", MFD_CLOEXEC);
	struct state state = sample;

	CHECK_INT(state_get_metadata(fd, got), 0);
	CHECK_STR(got, "");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CHECK_INT(state_put_metadata(fd, longest), -EINVAL);
	longest[sizeof(longest) - 2] = '\0';
	CHECK_INT(state_put_metadata(fd, longest), 0);
	CHECK_INT(state_create(fd, &state), 0);
	CHECK_INT(state_save(fd, &state), 0);
	CHECK_INT(state_get_metadata(fd, got), 0);
	CHECK_STR(got, longest);
	CHECK_INT(state_load(fd, &state), 0);
	close(fd);
}

/* A crash may leave any part of the new slot. */
static void a_torn_write_leaves_the_older_state(void)
{
	uint8_t before[8192], after[8192], torn[8192];
	struct state state = sample, got;
	int fd = memfd_create("state", MFD_CLOEXEC);
	uint64_t last = 0;

	memset(before, 0, sizeof(before));
	CHECK_INT(state_create(fd, &state), 0);
	state.offset = 1000;
	CHECK_INT(state_save(fd, &state), 0);
	CHECK_INT(pread(fd, before, sizeof(before), 0), 4096 + STATE_LEN);
	memcpy(after, before, sizeof(after));
	state.offset = 2000;
	CHECK_INT(state_save(fd, &state), 0);
	CHECK_INT(pread(fd, after, sizeof(after), 0), 4096 + STATE_LEN);

	for (size_t cut = 0; cut <= 4096 + STATE_LEN; cut++) {
		memcpy(torn, before, sizeof(torn));
		memcpy(torn, after, cut);
		CHECK_INT(pwrite_full(fd, torn, 4096 + STATE_LEN, 0), 0);
		CHECK_INT(state_load(fd, &got), 0);
		CHECK(got.offset == 1000 || got.offset == 2000);
		CHECK(got.offset >= last);
		last = got.offset;
	}
	CHECK_INT(last, 2000);
	close(fd);
}

static void a_failed_save_keeps_the_old_state(void)
{
	struct state state = sample, got;
	int fd = memfd_create("state", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	CHECK_INT(state_create(fd, &state), 0);
	CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	state.offset = 1;
	CHECK_INT(state_save(fd, &state), -EPERM);
	CHECK_INT(state.seq, 0);
	CHECK_INT(state_load(fd, &got), 0);
	CHECK_INT(got.offset, sample.offset);
	close(fd);
}

int main(void)
{
	RUN(gives_back_what_was_put_in);
	RUN(notices_every_flipped_bit);
	RUN(refuses_values_that_make_no_sense);
	RUN(the_newest_slot_counts);
	RUN(keeps_what_the_client_said);
	RUN(a_torn_write_leaves_the_older_state);
	RUN(a_failed_save_keeps_the_old_state);
	return tap_done();
}
