/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which codec is the best one now: with `-z auto` compression follows the
 * bottleneck.  When the target takes bytes faster than they are made, less
 * compression is better; when it is the limit, more.
 *
 * Of a codec there are two figures, what a byte of a page costs and how much
 * is left of it.  Those of the codec in use are measured, those of the others
 * follow from them by known proportions, until they are measured too.  With
 * the time that the target takes for a byte this gives the time for a page,
 * and the codec with the least time is taken, if it is better by a margin:
 *
 *	time = max((cost + left * target) / threads, left * target)
 *
 * because threads share the work, and one of them at a time sends.
 */
#ifndef CAPTURE_ADAPT_H
#define CAPTURE_ADAPT_H

#include <stddef.h>
#include <stdint.h>

#include "capture/page-codec.h"

#define ADAPT_CODECS 6
/* Figures are looked at once per so many bytes of pages. */
#define ADAPT_STEP_LEN (4U << 20)
/* A change must promise so many percent less time. */
#define ADAPT_MARGIN 5

struct adapt_codec {
	struct codec_choice choice;
	double cost; /* ns per byte of a page */
	double left; /* bytes per byte of a page */
	uint64_t n_measured;
};

struct adapt {
	struct adapt_codec codecs[ADAPT_CODECS]; /* from fast to small */
	size_t n_codecs;
	_Atomic size_t now; /* the one in use */
	unsigned int n_threads;
	double target; /* ns per byte; 0: not known yet */
	/* Since the last look, of the codec in use: */
	uint64_t source_len, stored_len, encode_ns;
	/* ... and of the target: */
	uint64_t sent_len, target_ns;
	unsigned int n_changes;
};

void adapt_init(struct adapt *adapt, unsigned int n_threads);

/* What the next pages are to be compressed with; for any thread. */
const struct codec_choice *adapt_choice(const struct adapt *adapt);

/* Pages that were compressed with this choice, and what it took. */
void adapt_encoded(struct adapt *adapt, const struct codec_choice *choice,
		   uint64_t source_len, uint64_t stored_len, uint64_t ns);

/* Bytes that the target has taken, and how long it held the sender up. */
void adapt_sent(struct adapt *adapt, uint64_t len, uint64_t ns);

#endif
