// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * Batches of pages through one thread and through several: what comes out, in
 * which order, and what becomes of pages that cannot be read and of errors.
 */

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "capture/encoder.h"
#include "netstream/target.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

#define PAGE 4096
#define PAGES 2000
#define BATCH 7 /* pages of a batch, so that there are many */

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

/* By turns pages of noise, of zeros and of text. */
static const char machine[] = "note CORE 1\nzero 336\nload 0 0\n";
static char description[sizeof(machine) + PAGES * 40];
static struct vmcore core;
static struct memory memory;

struct run {
	struct codec_choice choice;
	uint64_t next, done; /* frames handed out, and taken back */
	uint64_t end;
	size_t batch; /* pages of one */
	uint64_t skip; /* a frame that is not to be read */
	uint64_t fail_next, fail_done; /* frames at which these fail */
	int in_next, in_done; /* never two threads at once */
	bool entered_twice;
	pthread_t caller;
	bool wait; /* in done(), until the caller's thread is in next() */
	bool stood_in; /* it was */
	bool sent_elsewhere; /* done() ran in another thread */
	uint64_t n_zero, n_stored, n_unreadable, n_skipped, n_raw;
	uint64_t hash; /* of all that came out */
	bool in_order;
	unsigned char first[PAGE]; /* what was stored of the first page */
};

static void enter(struct run *run, int *who)
{
	if (__atomic_fetch_add(who, 1, __ATOMIC_SEQ_CST))
		run->entered_twice = true;
}

static void leave(int *who)
{
	__atomic_fetch_sub(who, 1, __ATOMIC_SEQ_CST);
}

static int next(void *arg, struct encoder_batch *batch)
{
	struct run *run = arg;
	int ret = 0;

	enter(run, &run->in_next);
	if (pthread_equal(pthread_self(), run->caller))
		__atomic_store_n(&run->stood_in, true, __ATOMIC_SEQ_CST);
	batch->choice = run->choice;
	for (; batch->n < run->batch && run->next < run->end; run->next++) {
		struct encoded_page *page = &batch->pages[batch->n++];

		*page = (struct encoded_page){ .pfn = run->next };
		if (run->next == run->skip)
			page->state = PAGE_SKIPPED;
		if (run->next == run->fail_next)
			ret = -ENOSPC;
	}
	leave(&run->in_next);
	return ret;
}

static void hash(struct run *run, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (; len; p++, len--)
		run->hash = (run->hash ^ *p) * 1099511628211ULL;
}

static void wait_for_caller(struct run *run)
{
	for (int i = 0; run->wait && i < 5000; i++) {
		if (__atomic_load_n(&run->stood_in, __ATOMIC_SEQ_CST))
			break;
		usleep(1000);
	}
	run->wait = false;
}

static int done(void *arg, const struct encoder_batch *batch)
{
	struct run *run = arg;
	const unsigned char *data = batch->data;
	int ret = 0;

	enter(run, &run->in_done);
	if (!pthread_equal(pthread_self(), run->caller))
		run->sent_elsewhere = true;
	wait_for_caller(run);
	for (size_t i = 0; i < batch->n; i++) {
		const struct encoded_page *page = &batch->pages[i];

		if (page->pfn != run->done++)
			run->in_order = false;
		if (page->pfn == run->fail_done)
			ret = -EACCES;
		run->n_zero += page->state == PAGE_ZERO;
		run->n_stored += page->state == PAGE_STORED;
		run->n_unreadable += page->state == PAGE_UNREADABLE;
		run->n_skipped += page->state == PAGE_SKIPPED;
		if (page->state != PAGE_STORED)
			continue;
		run->n_raw += page->flags == PAGE_RAW;
		if (page->pfn == 0)
			memcpy(run->first, data, page->len);
		data += page->len;
	}
	hash(run, batch->data, batch->data_len);
	if (data != batch->data + batch->data_len)
		run->in_order = false;
	leave(&run->in_done);
	return ret;
}

static int encode(struct run *run, unsigned int n_threads)
{
	static const struct encoder_ops ops = { next, done };
	struct encoder *encoder;
	int ret;

	run->in_order = true;
	run->caller = pthread_self();
	if (encoder_new(&encoder, &memory, n_threads) < 0)
		return -ENOMEM;
	CHECK_INT(encoder_n_threads(encoder), n_threads);
	ret = encoder_run(encoder, &ops, run);
	encoder_free(encoder);
	CHECK(!run->entered_twice);
	return ret;
}

static struct run run_of(enum page_codec codec)
{
	return (struct run){
		.choice = { codec, 1 },
		.end = PAGES,
		.batch = BATCH,
		.skip = UINT64_MAX,
		.fail_next = UINT64_MAX,
		.fail_done = UINT64_MAX,
	};
}

static void every_page_comes_out_in_order(void)
{
	struct run run = run_of(CODEC_LZO);
	unsigned char noise[PAGE];

	run.skip = 5;
	CHECK_INT(encode(&run, 1), 0);
	CHECK(run.in_order);
	CHECK_INT(run.done, PAGES);
	CHECK_INT(run.n_skipped, 1);
	CHECK_INT(run.n_zero, (PAGES + 1) / 3);
	CHECK_INT(run.n_stored + run.n_zero + run.n_skipped, PAGES);
	/* Noise does not become smaller, so it is stored as it is. */
	CHECK_INT(run.n_raw, (PAGES + 2) / 3);
	CHECK_INT(vmcore_read_phys(&core, 0, noise, PAGE), 0);
	CHECK_MEM(run.first, noise, PAGE);
}

static void threads_do_not_change_a_byte(void)
{
	for (int codec = CODEC_NONE; codec <= CODEC_ZSTD; codec++) {
		struct run one = run_of((enum page_codec)codec);

		CHECK_INT(encode(&one, 1), 0);
		for (unsigned int n = 2; n < 6; n++) {
			struct run more = run_of((enum page_codec)codec);

			CHECK_INT(encode(&more, n), 0);
			CHECK(more.in_order);
			CHECK_INT(more.done, PAGES);
			CHECK(more.hash == one.hash);
		}
	}
}

static void a_page_that_is_not_there_is_unreadable(void)
{
	struct run run = run_of(CODEC_LZO);

	run.end = PAGES + 10;
	CHECK_INT(encode(&run, 2), 0);
	CHECK_INT(run.n_unreadable, 10);
	CHECK_INT(run.done, PAGES + 10);
}

static void errors_end_it(void)
{
	for (unsigned int n = 1; n < 4; n++) {
		struct run run = run_of(CODEC_LZO);

		run.fail_next = 1000;
		CHECK_INT(encode(&run, n), -ENOSPC);
		CHECK(run.done <= 1000);

		run = run_of(CODEC_LZO);
		run.fail_done = 1000;
		CHECK_INT(encode(&run, n), -EACCES);
		CHECK(run.done >= 1000 && run.done <= 1000 + BATCH);
	}
}

static void nothing_in_nothing_out(void)
{
	struct run run = run_of(CODEC_LZO);

	run.end = 0;
	CHECK_INT(encode(&run, 3), 0);
	CHECK_INT(run.done, 0);
}

/* With one thread, compressing goes on while the caller's waits. */
static void one_thread_does_not_send(void)
{
	struct run run = run_of(CODEC_LZO);

	CHECK_INT(encode(&run, 1), 0);
	CHECK(!run.sent_elsewhere);
	CHECK(!run.stood_in);
}

/* With two, the one that waits is replaced. */
static void callers_thread_stands_in(void)
{
	struct run run = run_of(CODEC_ZSTD);

	run.choice.level = 22; /* slow: there is something left to take */
	run.batch = ENCODER_BATCH_PAGES;
	run.wait = true;
	CHECK_INT(encode(&run, 2), 0);
	CHECK(run.in_order);
	CHECK(run.stood_in);
	CHECK_INT(run.done, run.end);
}

int main(void)
{
	char *text = description + sprintf(description, "%s", machine);

	for (int i = 0; i < PAGES; i++) {
		if (i % 3 == 0)
			text += sprintf(text, "fill %d %d\n", PAGE, i + 1);
		else if (i % 3 == 1)
			text += sprintf(text, "zero %d\n", PAGE);
		else
			text += sprintf(text, "text page %d\nalign %d\n", i,
					PAGE);
	}
	if (vmcore_open(&core, vmcore_file(description)) < 0 ||
	    memory_init(&memory, &core, 12) < 0)
		return 1;
	RUN(every_page_comes_out_in_order);
	RUN(threads_do_not_change_a_byte);
	RUN(a_page_that_is_not_there_is_unreadable);
	RUN(errors_end_it);
	RUN(one_thread_does_not_send);
	RUN(callers_thread_stands_in);
	RUN(nothing_in_nothing_out);
	memory_free(&memory);
	vmcore_close(&core);
	return tap_done();
}
