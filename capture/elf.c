// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "capture/elf.h"
#include "capture/sparse.h"
#include "netstream/log.h"

/* A file that ends in zeros: its last byte has to be in a record. */
static int end_early(struct object *object)
{
	if (object->target->written >= object->size)
		return 0;
	return object_record(object, object->size - 1, "", 1);
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
	err = object_expect(object, 0, plan->size);
	if (err < 0)
		return err;
	plan_reader_init(&reader, plan);
	while (off < plan->size && !err) {
		progress(arg, off);
		err = object_enough(object) ? -ECANCELED : 0;
		if (!err)
			err = plan_read(&reader, off, &buf, &len);
		if (!err && len == 0)
			err = -EIO;
		if (err < 0)
			break;
		object_digest(object, buf, len);
		err = sparse_record(object, off, buf, len, last,
				    &ret->zero_bytes);
		off += len;
	}
	ret->unreadable_bytes = reader.unreadable;
	if (reader.window.n_bounced)
		log_info("%s: %" PRIu64 " bytes read, not mapped",
			 plan->core->path, reader.window.n_bounced);
	plan_reader_close(&reader);
	if (err < 0 && !object->err && object->begun)
		ret->incomplete = !end_early(object);
	return object->err ? object->err : err;
}
