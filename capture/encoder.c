// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/encoder.h"
#include "capture/sparse.h"
#include "netstream/io.h"
#include "netstream/log.h"

struct slot {
	struct encoder_batch batch;
	bool ready; /* compressed, waits for its turn */
};

struct worker {
	struct encoder *encoder;
	struct memory_reader reader;
	struct page_codec_state *codec;
	pthread_t thread;
};

/* In done() for that long, somebody waits for the target. */
#define PATIENCE_NS (2 * 1000 * 1000)
/* done() may have a TLS handshake to make; what is not used costs nothing. */
#define STACK_LEN (1U << 20)

/*
 * Batches have numbers that count up; the one with number n is in slot
 * n % n_slots.  Those from given to taken are on their way.
 */
struct encoder {
	size_t page_len;
	struct worker *workers;
	unsigned int n_workers;
	bool has_spare; /* behind the workers: the caller's thread's */
	struct slot *slots;
	unsigned int n_slots;
	const struct encoder_ops *ops; /* of this run, as what follows */
	void *arg;

	pthread_mutex_t lock; /* for all below */
	pthread_cond_t ready; /* the next batch to give, or the end */
	pthread_cond_t room; /* to take one */
	uint64_t taken, given;
	bool sends; /* the caller's thread calls done(), no worker does */
	bool taking; /* somebody is in next() */
	bool giving; /* somebody is in done() */
	bool ended; /* next() has no more */
	int err;
};

static int worker_init(struct worker *worker, struct encoder *encoder,
		       const struct memory *memory)
{
	int ret;

	worker->encoder = encoder;
	ret = memory_reader_init(&worker->reader, memory);
	if (ret < 0)
		return ret;
	ret = page_codec_new(&worker->codec, encoder->page_len);
	if (ret < 0)
		memory_reader_close(&worker->reader);
	return ret;
}

static int slot_init(struct slot *slot, size_t page_len)
{
	struct encoder_batch *batch = &slot->batch;

	batch->max = ENCODER_BATCH_LEN / page_len;
	/* Room for what a page may become before it is found not to gain. */
	batch->data = malloc(ENCODER_BATCH_LEN + page_codec_bound(page_len));
	if (batch->data)
		return 0;
	log_err("no memory for a batch of %u bytes", ENCODER_BATCH_LEN);
	return -ENOMEM;
}

/* A thread, and the batches that it takes its turn with. */
static int add_worker(struct encoder *encoder, const struct memory *memory)
{
	struct worker *worker = &encoder->workers[encoder->n_workers];
	int ret;

	for (int i = 0; i < ENCODER_BATCHES; i++) {
		ret = slot_init(&encoder->slots[encoder->n_slots],
				encoder->page_len);
		if (ret < 0)
			return ret;
		encoder->n_slots++;
	}
	ret = worker_init(worker, encoder, memory);
	if (!ret)
		encoder->n_workers++;
	return ret;
}

static void init_lock(struct encoder *encoder)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&encoder->lock, NULL);
	pthread_cond_init(&encoder->ready, &attr);
	pthread_cond_init(&encoder->room, &attr);
	pthread_condattr_destroy(&attr);
}

int encoder_new(struct encoder **ret, const struct memory *memory,
		unsigned int n_threads)
{
	struct encoder *encoder = calloc(1, sizeof(*encoder));
	int err = 0;

	if (!encoder)
		goto no_memory;
	init_lock(encoder);
	encoder->page_len = (size_t)1 << memory->page_shift;
	encoder->workers =
		calloc((size_t)n_threads + 1, sizeof(*encoder->workers));
	encoder->slots = calloc((size_t)n_threads * ENCODER_BATCHES,
				sizeof(*encoder->slots));
	if (!encoder->workers || !encoder->slots)
		goto no_memory;
	while (encoder->n_workers < n_threads && !err)
		err = add_worker(encoder, memory);
	/* One thread is enough, when memory is. */
	if (!encoder->n_workers) {
		encoder_free(encoder);
		return err;
	}
	if (encoder->n_workers > 1)
		encoder->has_spare = !worker_init(
			&encoder->workers[encoder->n_workers], encoder, memory);
	*ret = encoder;
	return 0;

no_memory:
	log_err("no memory for %u threads", n_threads);
	encoder_free(encoder);
	return -ENOMEM;
}

static unsigned int n_readers(const struct encoder *encoder)
{
	return encoder->n_workers + encoder->has_spare;
}

void encoder_free(struct encoder *encoder)
{
	if (!encoder)
		return;
	for (unsigned int i = 0; i < n_readers(encoder); i++) {
		page_codec_free(encoder->workers[i].codec);
		memory_reader_close(&encoder->workers[i].reader);
	}
	while (encoder->n_slots)
		free(encoder->slots[--encoder->n_slots].batch.data);
	free(encoder->workers);
	free(encoder->slots);
	pthread_cond_destroy(&encoder->room);
	pthread_cond_destroy(&encoder->ready);
	pthread_mutex_destroy(&encoder->lock);
	free(encoder);
}

/* A page behind those that the batch has stored. */
static int store_page(struct worker *worker, struct encoder_batch *batch,
		      struct encoded_page *page, const void *bytes)
{
	unsigned char *to = batch->data + batch->data_len;
	size_t page_len = worker->encoder->page_len;
	size_t len;
	int ret;

	ret = page_compress(worker->codec, &batch->choice, bytes, to, &len);
	if (ret < 0)
		return ret;
	page->flags = codec_flag(batch->choice.codec);
	if (len == 0) {
		memcpy(to, bytes, page_len);
		len = page_len;
		page->flags = PAGE_RAW;
	}
	page->len = (uint32_t)len;
	batch->data_len += len;
	batch->source_len += page_len;
	return 0;
}

/* How many pages from the first one on are read, and follow each other. */
static size_t run_of(const struct encoded_page *first, size_t n)
{
	size_t run = 1;

	while (run < n && first[run].state == PAGE_STORED &&
	       first[run].pfn == first->pfn + run)
		run++;
	return run;
}

static int compress_batch(struct worker *worker, struct encoder_batch *batch)
{
	size_t page_len = worker->encoder->page_len;
	uint64_t start = thread_ns(); /* the sender may have the CPU too */
	size_t run_end = 0;
	const void *bytes;
	int ret = 0;

	batch->data_len = 0;
	batch->source_len = 0;
	for (size_t i = 0; i < batch->n && !ret; i++) {
		struct encoded_page *page = &batch->pages[i];

		if (page->state != PAGE_STORED)
			continue;
		if (i >= run_end)
			run_end = i + run_of(page, batch->n - i);
		ret = memory_page(&worker->reader, page->pfn, run_end - i,
				  &bytes);
		if (ret == -ENOMEM)
			break;
		if (ret < 0) {
			page->state = PAGE_UNREADABLE;
			ret = 0;
		} else if (is_zero(bytes, page_len)) {
			page->state = PAGE_ZERO;
		} else {
			ret = store_page(worker, batch, page, bytes);
		}
	}
	batch->ns = thread_ns() - start;
	return ret;
}

/* With the lock held: whoever waits has to end. */
static void stop(struct encoder *encoder, int err)
{
	if (err < 0 && !encoder->err)
		encoder->err = err;
	pthread_cond_signal(&encoder->ready);
	pthread_cond_broadcast(&encoder->room);
}

/* With the lock held, as all that follows. */
static bool all_given(const struct encoder *encoder)
{
	return encoder->ended && encoder->given == encoder->taken;
}

static bool can_take(const struct encoder *encoder)
{
	return !encoder->ended && !encoder->taking &&
	       encoder->taken - encoder->given < encoder->n_slots;
}

static bool can_give(const struct encoder *encoder)
{
	uint64_t next = encoder->given;

	return !encoder->giving && next != encoder->taken &&
	       encoder->slots[next % encoder->n_slots].ready;
}

/* The lock is not held while next() or done() run. */
static void give(struct encoder *encoder)
{
	struct slot *slot = &encoder->slots[encoder->given % encoder->n_slots];
	int ret;

	encoder->giving = true;
	pthread_mutex_unlock(&encoder->lock);
	ret = encoder->ops->done(encoder->arg, &slot->batch);
	pthread_mutex_lock(&encoder->lock);
	encoder->giving = false;
	slot->ready = false;
	encoder->given++;
	if (ret < 0 || all_given(encoder))
		stop(encoder, ret);
	else
		pthread_cond_signal(&encoder->room);
}

/* What is ready goes out, unless somebody is at it, who goes on with it. */
static void compressed(struct encoder *encoder, uint64_t number)
{
	if (!encoder->sends)
		while (!encoder->err && can_give(encoder))
			give(encoder);
	else if (number == encoder->given)
		pthread_cond_signal(&encoder->ready);
}

static void take(struct worker *worker)
{
	struct encoder *encoder = worker->encoder;
	uint64_t number = encoder->taken;
	struct slot *slot = &encoder->slots[number % encoder->n_slots];
	int ret;

	encoder->taking = true;
	pthread_mutex_unlock(&encoder->lock);
	slot->batch.n = 0;
	ret = encoder->ops->next(encoder->arg, &slot->batch);
	pthread_mutex_lock(&encoder->lock);
	encoder->taking = false;
	if (ret < 0 || slot->batch.n == 0) {
		encoder->ended = true;
		stop(encoder, ret);
		return;
	}
	encoder->taken++;
	pthread_cond_signal(&encoder->room);
	pthread_mutex_unlock(&encoder->lock);
	ret = compress_batch(worker, &slot->batch);
	pthread_mutex_lock(&encoder->lock);
	slot->ready = true;
	if (ret < 0)
		stop(encoder, ret);
	else
		compressed(encoder, number);
}

/* Until the last batch has been taken. */
static void take_all(struct worker *worker)
{
	struct encoder *encoder = worker->encoder;

	while (!encoder->err && !encoder->ended) {
		if (can_take(encoder))
			take(worker);
		else
			pthread_cond_wait(&encoder->room, &encoder->lock);
	}
}

static void *work(void *arg)
{
	struct worker *worker = arg;

	pthread_mutex_lock(&worker->encoder->lock);
	take_all(worker);
	pthread_mutex_unlock(&worker->encoder->lock);
	return NULL;
}

/* The caller's thread, while the one worker compresses. */
static void give_all(struct encoder *encoder)
{
	while (!encoder->err && !all_given(encoder)) {
		if (can_give(encoder))
			give(encoder);
		else
			pthread_cond_wait(&encoder->ready, &encoder->lock);
	}
}

static void wait_a_little(struct encoder *encoder)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += PATIENCE_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&encoder->ready, &encoder->lock, &until);
}

/* The caller's thread, in the place of a worker who waits for the target. */
static void stand_in(struct encoder *encoder)
{
	uint64_t seen = UINT64_MAX; /* the batch that was in done() before */

	while (!encoder->err && !all_given(encoder)) {
		if (encoder->giving && encoder->given == seen &&
		    encoder->has_spare && can_take(encoder)) {
			take(&encoder->workers[encoder->n_workers]);
			continue;
		}
		seen = encoder->given;
		wait_a_little(encoder);
	}
}

static unsigned int start_workers(struct encoder *encoder)
{
	pthread_attr_t attr;
	unsigned int n = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_LEN);
	for (; n < encoder->n_workers; n++) {
		struct worker *worker = &encoder->workers[n];

		if (pthread_create(&worker->thread, &attr, work, worker))
			break;
	}
	pthread_attr_destroy(&attr);
	return n;
}

int encoder_run(struct encoder *encoder, const struct encoder_ops *ops,
		void *arg)
{
	unsigned int started;

	encoder->ops = ops;
	encoder->arg = arg;
	encoder->taken = encoder->given = 0;
	encoder->ended = false;
	encoder->err = 0;
	for (unsigned int i = 0; i < encoder->n_slots; i++)
		encoder->slots[i].ready = false;
	encoder->sends = encoder->n_workers == 1;
	started = start_workers(encoder);
	pthread_mutex_lock(&encoder->lock);
	if (!started) {
		encoder->sends = false;
		take_all(&encoder->workers[0]);
	} else if (encoder->sends) {
		give_all(encoder);
	} else {
		stand_in(encoder);
	}
	pthread_mutex_unlock(&encoder->lock);
	while (started)
		pthread_join(encoder->workers[--started].thread, NULL);
	return encoder->err;
}

unsigned int encoder_n_threads(const struct encoder *encoder)
{
	return encoder->n_workers;
}

uint64_t encoder_bounced(const struct encoder *encoder)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n_readers(encoder); i++)
		sum += encoder->workers[i].reader.window.n_bounced;
	return sum;
}
