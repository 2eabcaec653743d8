// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "capture/elf.h"
#include "netstream/log.h"

/* A page in use shows it in its first bytes as a rule: look often. */
bool is_zero(const void *buf, size_t len)
{
	const unsigned char *p = buf;
	uint64_t v[8];

	for (; len >= sizeof(v); p += sizeof(v), len -= sizeof(v)) {
		memcpy(v, p, sizeof(v));
		if (v[0] | v[1] | v[2] | v[3] | v[4] | v[5] | v[6] | v[7])
			return false;
	}
	for (; len; p++, len--)
		if (*p)
			return false;
	return true;
}

/* The part of a page that begins at off: up to the next page of the file. */
static size_t page_part(uint64_t off, size_t len)
{
	size_t n = ELF_PAGE_LEN - off % ELF_PAGE_LEN;

	return n < len ? n : len;
}

/*
 * One window at file offset off: pages with content that follow each other
 * make one record.  Last is the offset of the page that is sent in any case.
 */
static int copy_window(struct object *object, uint64_t off,
		       const unsigned char *buf, size_t len, uint64_t last,
		       uint64_t *zero_bytes)
{
	size_t run = 0; /* bytes before pos that wait for their record */
	size_t pos = 0;
	int ret = 0;

	while (pos < len && !ret) {
		size_t n = page_part(off + pos, len - pos);

		if (off + pos >= last || !is_zero(buf + pos, n)) {
			run += n;
		} else {
			*zero_bytes += n;
			if (run)
				ret = object_record(object, off + pos - run,
						    buf + pos - run, run);
			run = 0;
		}
		pos += n;
	}
	if (run && !ret)
		ret = object_record(object, off + pos - run, buf + pos - run,
				    run);
	return ret;
}

int elf_copy(const struct vmcore *core, struct object *object,
	     elf_progress progress, void *arg, uint64_t *zero_bytes)
{
	uint64_t last = (core->size - 1) / ELF_PAGE_LEN * ELF_PAGE_LEN;
	struct window window;
	const void *buf;
	uint64_t off = 0;
	size_t len;
	int ret = 0;

	*zero_bytes = 0;
	window_init(&window, core);
	while (off < core->size && !ret) {
		progress(arg, off);
		ret = window_at(&window, off, &buf, &len);
		if (!ret && len == 0)
			ret = -EIO;
		if (ret < 0)
			break;
		object_digest(object, buf, len);
		ret = copy_window(object, off, buf, len, last, zero_bytes);
		off += len;
	}
	if (window.n_bounced)
		log_info("%s: %" PRIu64 " bytes read, not mapped", core->path,
			 window.n_bounced);
	window_close(&window);
	return ret;
}
