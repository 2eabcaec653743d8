// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "body.h"
#include "target.h"

#define CUTS_TO_HALVE 2 /* one may be anything */
#define BODIES_TO_GROW 32

void body_init(struct body *body, size_t chunk_size)
{
	*body = (struct body){ .max = chunk_size, .ceiling = chunk_size };
}

static int halve(struct body *body, size_t len)
{
	if (len <= TARGET_CHUNK_MIN)
		return -EFBIG;
	body->max = len / 2 > TARGET_CHUNK_MIN ? len / 2 : TARGET_CHUNK_MIN;
	body->taken = body->cuts = 0;
	return 0;
}

void body_taken(struct body *body)
{
	body->cuts = 0;
	body->grown = false;
	if (body->max == body->ceiling || ++body->taken < BODIES_TO_GROW)
		return;
	body->taken = 0;
	body->grown = true;
	body->max *= 2;
	if (body->max > body->ceiling)
		body->max = body->ceiling;
}

int body_refused(struct body *body, size_t len)
{
	int ret = halve(body, len);

	if (!ret)
		body->ceiling = body->max;
	return ret;
}

void body_cut(struct body *body, size_t len)
{
	body->taken = 0;
	if (++body->cuts < CUTS_TO_HALVE && !body->grown)
		return;
	if (!halve(body, len) && body->grown)
		body->ceiling = body->max;
	body->grown = false;
}
