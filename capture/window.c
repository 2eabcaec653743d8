// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../netstream/log.h"
#include "window.h"

/* In glibc since 2.35, in the kernel since 5.14; others say EINVAL. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

void window_init(struct window *window, const struct vmcore *core)
{
	*window = (struct window){ .core = core };
}

static void window_unmap(struct window *window)
{
	if (window->map)
		munmap(window->map, window->map_len);
	window->map = NULL;
}

void window_close(struct window *window)
{
	window_unmap(window);
	free(window->bounce);
	*window = (struct window){ .core = window->core };
}

static bool between(uint64_t off, uint64_t start, uint64_t end)
{
	return off >= start && off < end;
}

/*
 * Makes what lies behind the map present.  An unreadable page of a regular
 * file is SIGBUS when it is touched, EFAULT here.  /proc/vmcore is mapped in
 * full already: EINVAL.  ENOSYS: a kernel without madvise().
 */
static bool populate(struct window *window, size_t pos, size_t len)
{
	size_t step = pos / VMCORE_WINDOW_STEP;
	size_t end = (pos + len - 1) / VMCORE_WINDOW_STEP + 1;
	uint64_t bits = (end < 64 ? 1ULL << end : 0) - (1ULL << step);
	char *from = (char *)window->map + step * VMCORE_WINDOW_STEP;

	if (window->no_populate || (window->populated & bits) == bits)
		return true;
	len = end * VMCORE_WINDOW_STEP;
	if (len > window->map_len)
		len = window->map_len;
	len -= step * VMCORE_WINDOW_STEP;
	if (madvise(from, len, MADV_POPULATE_READ) < 0) {
		if (errno != EINVAL && errno != ENOSYS)
			return false;
		window->no_populate = true;
	}
	window->populated |= bits;
	return true;
}

/*
 * False when the window at off cannot be mapped; the reader then copies, all
 * of the window: a device dump that its driver reads from the device is
 * ENODEV, and is not asked for each piece again.
 */
static bool window_map(struct window *window, uint64_t off)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t left;
	void *map;

	if (between(off, window->no_map_off, window->no_map_end))
		return false;
	window->map_off = off & ~(page - 1);
	left = window->core->size - window->map_off;
	window->map_len = left < VMCORE_WINDOW_LEN ? left : VMCORE_WINDOW_LEN;
	map = mmap(NULL, window->map_len, PROT_READ, MAP_PRIVATE,
		   window->core->fd, (off_t)window->map_off);
	if (map == MAP_FAILED) {
		window->no_map_off = window->map_off;
		window->no_map_end = window->map_off + window->map_len;
		return false;
	}
	window->map = map;
	window->populated = 0;
	return true;
}

/* Into the bounce buffer. */
static int window_read(struct window *window, uint64_t off, const void **ret,
		       size_t *len)
{
	uint64_t left = window->core->size - off;
	int err;

	if (!window->bounce)
		window->bounce = malloc(VMCORE_BOUNCE_LEN);
	if (!window->bounce) {
		log_err("%s: no memory to read it", window->core->path);
		return -ENOMEM;
	}
	if (left > VMCORE_BOUNCE_LEN)
		left = VMCORE_BOUNCE_LEN;
	if (left > *len)
		left = *len;
	if (window->mend || window->quiet)
		err = vmcore_try_read(window->core, off, window->bounce, left);
	else
		err = vmcore_read(window->core, off, window->bounce, left);
	if (err < 0 && window->mend)
		err = window->mend(window->mend_arg, off, window->bounce, left);
	if (err < 0)
		return err;
	*ret = window->bounce;
	*len = left;
	return 0;
}

/* What could not be mapped. */
static int window_bounce(struct window *window, uint64_t off, const void **ret,
			 size_t *len)
{
	int err = window_read(window, off, ret, len);

	if (!err)
		window->n_bounced += *len;
	return err;
}

static int window_mapped(struct window *window, uint64_t off, const void **ret,
			 size_t *len)
{
	size_t pos, left;

	if (!window->map ||
	    !between(off, window->map_off, window->map_off + window->map_len)) {
		window_unmap(window);
		if (!window_map(window, off))
			return window_bounce(window, off, ret, len);
	}
	pos = (size_t)(off - window->map_off);
	left = window->map_len - pos;
	if (*len > left)
		*len = left;
	if (!populate(window, pos, *len)) {
		window->no_map_off = window->map_off;
		window->no_map_end = window->map_off + window->map_len;
		window_unmap(window);
		return window_bounce(window, off, ret, len);
	}
	*ret = (const char *)window->map + pos;
	if (window->no_populate) {
		*len = left;
	} else {
		size_t step_end = (pos + *len + VMCORE_WINDOW_STEP - 1) &
				  ~(size_t)(VMCORE_WINDOW_STEP - 1);

		*len = step_end < window->map_len ? step_end - pos : left;
	}
	return 0;
}

/* Behind the vmcore there is nothing. */
static bool at_end(const struct window *window, uint64_t off, const void **ret,
		   size_t *len)
{
	if (off < window->core->size)
		return false;
	*ret = NULL;
	*len = 0;
	return true;
}

int window_part(struct window *window, uint64_t off, const void **ret,
		size_t *len)
{
	int err;

	if (at_end(window, off, ret, len))
		return 0;
	if (window->copies) {
		window_unmap(window);
		return window_read(window, off, ret, len);
	}
	err = window_mapped(window, off, ret, len);
	window->copies = window->populated && !window->no_populate;
	return err;
}

int window_at(struct window *window, uint64_t off, const void **ret,
	      size_t *len)
{
	if (at_end(window, off, ret, len))
		return 0;
	*len = SIZE_MAX;
	return window_mapped(window, off, ret, len);
}
