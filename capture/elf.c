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
		size_t n = vmcore_page_part(off + pos, len - pos);

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

int elf_copy(const struct plan *plan, struct object *object,
	     elf_progress progress, void *arg, struct elf_figures *ret)
{
	uint64_t last = (plan->size - 1) / ELF_PAGE_LEN * ELF_PAGE_LEN;
	struct plan_reader reader;
	const void *buf;
	uint64_t off = 0;
	size_t len;
	int err = 0;

	*ret = (struct elf_figures){ 0 };
	plan_reader_init(&reader, plan);
	while (off < plan->size && !err) {
		progress(arg, off);
		err = plan_read(&reader, off, &buf, &len);
		if (!err && len == 0)
			err = -EIO;
		if (err < 0)
			break;
		object_digest(object, buf, len);
		err = copy_window(object, off, buf, len, last,
				  &ret->zero_bytes);
		off += len;
	}
	ret->unreadable_bytes = reader.unreadable;
	if (reader.window.n_bounced)
		log_info("%s: %" PRIu64 " bytes read, not mapped",
			 plan->core->path, reader.window.n_bounced);
	plan_reader_close(&reader);
	return err;
}
