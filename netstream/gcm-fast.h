/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What netstream/gcm-alt.c asks of a fast AES-GCM.  It has checked all
 * arguments, and calls start, ad, crypt and tag in this order, ad and crypt
 * as often as it likes with pieces of any length.
 */
#ifndef NETSTREAM_GCM_FAST_H
#define NETSTREAM_GCM_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gcm_fast_ops {
	size_t state_len; /* of what the others are given as state */
	/*
	 * libgcc has asked the CPU at the start of the program.  CPUID leaves
	 * a virtual machine: to ask for each record costs two thirds of the
	 * speed.
	 */
	bool (*fits)(void);
	void (*set_key)(void *state, const uint8_t *key, size_t len);
	void (*start)(void *state, const uint8_t *iv, size_t len);
	void (*ad)(void *state, const uint8_t *ad, size_t len);
	/* Out is in, or lies before it, or they do not overlap. */
	void (*crypt)(void *state, bool encrypt, const uint8_t *in,
		      uint8_t *out, size_t len);
	/* The lengths are those of all that ad and crypt were given. */
	void (*tag)(void *state, uint64_t ad_len, uint64_t text_len,
		    uint8_t *tag, size_t tag_len);
};

extern const struct gcm_fast_ops gcm_vaes, gcm_bear;

#endif
