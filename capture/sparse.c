// SPDX-License-Identifier: GPL-2.0-or-later

#include <string.h>

#include "capture/sparse.h"
#include "capture/vmcore.h"

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

int sparse_record(struct object *object, uint64_t off, const void *bytes,
		  size_t len, uint64_t last, uint64_t *zero_bytes)
{
	const unsigned char *buf = bytes;
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
	return ret ? ret : object_reached(object, off + len);
}
