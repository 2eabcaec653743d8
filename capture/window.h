/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A window on the vmcore for whoever walks all of it: mmap()ed, and read into
 * a bounce buffer where that fails.  One window is mapped at a time, so the
 * resident size stays at VMCORE_WINDOW_LEN for a regular file too.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/vmcore.h"

/* mmap gains up to 1-4 MiB; the pages are the kernel's, not ours. */
#define VMCORE_WINDOW_LEN (1U << 20)
/* Of it, what is made present at a time where little is read. */
#define VMCORE_WINDOW_STEP (64U << 10)
#define VMCORE_BOUNCE_LEN (64U << 10)

struct window {
	const struct vmcore *core;
	void *map; /* NULL: the bytes are in the bounce buffer */
	uint64_t map_off; /* page aligned */
	size_t map_len;
	uint64_t populated; /* a bit for each VMCORE_WINDOW_STEP of the map */
	bool no_populate; /* the kernel maps all of it at once */
	bool copies; /* it does not, so window_part() reads */
	uint64_t no_map_off; /* between these, the last mmap() failed */
	uint64_t no_map_end;
	void *bounce; /* allocated when it is needed */
	uint64_t n_bounced; /* bytes that could not be mapped */
	bool quiet; /* does not log what cannot be read */
	/*
	 * Makes up for bytes that cannot be read, 0 or -errno.  NULL: the
	 * error is the window's.
	 */
	int (*mend)(void *arg, uint64_t off, void *buf, size_t len);
	void *mend_arg;
};

void window_init(struct window *window, const struct vmcore *core);
void window_close(struct window *window);

/*
 * *ret are the *len bytes at off, good until the next call.  *len is as much
 * as the window has, 0 at the end of the vmcore: add it to off and call again.
 * Logs like vmcore_read(); -ENOMEM without a bounce buffer.
 */
int window_at(struct window *window, uint64_t off, const void **ret,
	      size_t *len);

/*
 * The same for whoever wants a few pages here and there: *len is what is
 * wanted, and becomes what there is: more, or less where the window ends.
 * Of a file whose pages are made present one by one, which /proc/vmcore is
 * not, they are read: with several threads, whose other CPUs each munmap()
 * interrupts, that costs less.
 */
int window_part(struct window *window, uint64_t off, const void **ret,
		size_t *len);

#endif
