// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"

#define SECOND_US 1000000ULL
#define ETHERNET_HEADER 14
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

int link_init(struct link *link)
{
	*link = (struct link){ .seed = 1 };
	for (int side = LINK_A; side <= LINK_B; side++) {
		struct link_frame *frames =
			calloc(LINK_FRAMES_MAX, sizeof(*frames));

		if (!frames)
			return -ENOMEM;
		link->queue[side].frames = frames;
	}
	return 0;
}

/* The same frames are lost for the same seed (Park and Miller, 1988). */
static uint32_t random_below(struct link *link, uint32_t limit)
{
	link->seed = (uint32_t)((uint64_t)link->seed * 48271 % 0x7fffffff);
	return link->seed % limit;
}

static void go_down(struct link *link, uint64_t us, uint64_t now_us)
{
	link->down = true;
	link->up_us = us ? now_us + us : 0;
}

static int set_mute(struct link *link, const char *who)
{
	if (strcmp(who, "a") && strcmp(who, "b") && strcmp(who, "none"))
		return -EINVAL;
	link->mute[LINK_A] = !strcmp(who, "a");
	link->mute[LINK_B] = !strcmp(who, "b");
	return 0;
}

int link_command(struct link *link, const char *line, uint64_t now_us)
{
	char word[16] = "", who[16] = "";
	uint64_t x = 0, y = 0;
	int n = sscanf(line, "%15s %" SCNu64 " %" SCNu64, word, &x, &y);

	if (!strcmp(word, "down")) {
		go_down(link, x * SECOND_US, now_us);
	} else if (!strcmp(word, "up")) {
		link->down = false;
	} else if (!strcmp(word, "mute")) {
		sscanf(line, "%*s %15s", who);
		return set_mute(link, who);
	} else if (!strcmp(word, "cut") && n == 3 && x) {
		link->cut_bytes = x;
		link->cut_us = y * SECOND_US;
	} else if (!strcmp(word, "loss") && n == 2 && x <= 100) {
		link->loss_permille = x * 10;
	} else if (!strcmp(word, "delay") && n >= 2) {
		link->delay_us = x * 1000;
		link->jitter_us = y * 1000;
	} else if (!strcmp(word, "rate") && n == 2) {
		link->rate = x;
	} else if (!strcmp(word, "mtu") && n == 2) {
		link->mtu = x;
	} else if (!strcmp(word, "seed") && n == 2 && x && x < 0x7fffffff) {
		link->seed = (uint32_t)x;
	} else {
		return -EINVAL;
	}
	return 0;
}

static bool is_too_long(const struct link *link, const uint8_t *frame,
			size_t len)
{
	unsigned int type;

	if (!link->mtu || len < ETHERNET_HEADER)
		return false;
	type = (unsigned int)frame[12] << 8 | frame[13];
	return (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6) &&
	       len - ETHERNET_HEADER > link->mtu;
}

/* Counts what is lost. */
static bool is_lost(struct link *link, enum link_side from,
		    const uint8_t *frame, size_t len)
{
	uint64_t *why = NULL;

	if (link->down || link->mute[from])
		why = &link->stats.down;
	else if (is_too_long(link, frame, len))
		why = &link->stats.too_long;
	else if (link->loss_permille &&
		 random_below(link, 1000) < link->loss_permille)
		why = &link->stats.lost;
	if (why)
		++*why;
	return why;
}

static void count_to_cut(struct link *link, size_t len, uint64_t now_us)
{
	if (!link->cut_bytes)
		return;
	link->cut_bytes -= len < link->cut_bytes ? len : link->cut_bytes;
	if (!link->cut_bytes)
		go_down(link, link->cut_us, now_us);
}

/* When the last bit of it will be on the line; false: there is no room. */
static bool shape(const struct link *link, struct link_queue *queue, size_t len,
		  uint64_t now_us)
{
	uint64_t start = queue->line_us > now_us ? queue->line_us : now_us;

	if (queue->n == LINK_FRAMES_MAX)
		return false;
	if (!link->rate)
		return true;
	if (start - now_us > LINK_BACKLOG_US)
		return false;
	queue->line_us = start + len * 8 * SECOND_US / link->rate;
	return true;
}

void link_take(struct link *link, enum link_side from, const void *bytes,
	       size_t len, uint64_t now_us)
{
	struct link_queue *queue = &link->queue[from];
	struct link_frame *frame;
	uint64_t due;

	if (len > LINK_FRAME_MAX || is_lost(link, from, bytes, len))
		return;
	if (!shape(link, queue, len, now_us)) {
		link->stats.full++;
		return;
	}
	due = (link->rate ? queue->line_us : now_us) + link->delay_us;
	if (link->jitter_us)
		due += random_below(link, (uint32_t)link->jitter_us);
	if (due < queue->last_due_us)
		due = queue->last_due_us;
	queue->last_due_us = due;
	frame = &queue->frames[(queue->first + queue->n) % LINK_FRAMES_MAX];
	queue->n++;
	frame->due_us = due;
	frame->len = len;
	memcpy(frame->bytes, bytes, len);
	link->stats.bytes += len;
	if (from == LINK_A)
		count_to_cut(link, len, now_us);
}

const struct link_frame *link_due(const struct link *link, enum link_side from,
				  uint64_t now_us)
{
	const struct link_queue *queue = &link->queue[from];
	const struct link_frame *frame = &queue->frames[queue->first];

	return queue->n && frame->due_us <= now_us ? frame : NULL;
}

void link_sent(struct link *link, enum link_side from)
{
	struct link_queue *queue = &link->queue[from];

	queue->first = (queue->first + 1) % LINK_FRAMES_MAX;
	queue->n--;
}

bool link_returns(struct link *link, uint64_t now_us)
{
	if (!link->down || !link->up_us || now_us < link->up_us)
		return false;
	link->down = false;
	return true;
}

uint64_t link_wait_us(const struct link *link, uint64_t now_us)
{
	uint64_t next = link->down && link->up_us ? link->up_us : UINT64_MAX;

	for (int side = LINK_A; side <= LINK_B; side++) {
		const struct link_queue *queue = &link->queue[side];

		if (queue->n && queue->frames[queue->first].due_us < next)
			next = queue->frames[queue->first].due_us;
	}
	if (next == UINT64_MAX)
		return next;
	return next > now_us ? next - now_us : 0;
}
