// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The log of 3.5 to 5.9: records of variable length, one behind the other in
 * log_buf, from log_first_idx up to log_next_idx.
 *
 *	struct printk_log {	called struct log up to 3.10
 *		u64 ts_nsec;
 *		u16 len;	of the whole record
 *		u16 text_len;
 *		u16 dict_len;
 *		...
 *	}; text; dictionary; padding
 *
 * A record with len 0 stands for the unused end of the buffer: the next one
 * is at its start.
 */

#include <errno.h>
#include <string.h>

#include "dmesg-text.h"

struct log_layout {
	uint64_t size;
	uint64_t ts_nsec;
	uint64_t len;
	uint64_t text_len;
};

#define LOG_AT(field) offsetof(struct log_layout, field)
static const struct dmesg_key new_keys[] = {
	{ KEY_SIZE, "printk_log", LOG_AT(size) },
	{ KEY_OFFSET, "printk_log.ts_nsec", LOG_AT(ts_nsec) },
	{ KEY_OFFSET, "printk_log.len", LOG_AT(len) },
	{ KEY_OFFSET, "printk_log.text_len", LOG_AT(text_len) },
	{ KEY_OFFSET, NULL, 0 }
};

static const struct dmesg_key old_keys[] = {
	{ KEY_SIZE, "log", LOG_AT(size) },
	{ KEY_OFFSET, "log.ts_nsec", LOG_AT(ts_nsec) },
	{ KEY_OFFSET, "log.len", LOG_AT(len) },
	{ KEY_OFFSET, "log.text_len", LOG_AT(text_len) },
	{ KEY_OFFSET, NULL, 0 }
};

struct log_buf {
	struct log_layout layout;
	uint64_t addr;
	uint32_t len;
	uint32_t first_idx;
	uint32_t next_idx;
};

struct record {
	uint64_t ts_nsec;
	uint16_t len;
	uint16_t text_len;
};

static int read_layout(const struct vmcoreinfo *info, struct log_layout *layout)
{
	int ret;

	ret = dmesg_layout(info, new_keys, layout);
	if (ret == -ENODATA)
		ret = dmesg_layout(info, old_keys, layout);
	if (ret < 0)
		return ret;
	if (layout->ts_nsec + 8 > layout->size ||
	    layout->len + 2 > layout->size ||
	    layout->text_len + 2 > layout->size)
		return -EBADMSG;
	return 0;
}

static int read_variable(struct dmesg_text *text, const char *name,
			 uint32_t *ret)
{
	uint64_t addr;
	int err;

	err = vmcoreinfo_symbol(text->info, name, &addr);
	if (err < 0)
		return err;
	return dmesg_read_u32(text, addr, ret);
}

static int open_log_buf(struct dmesg_text *text, struct log_buf *buf)
{
	uint64_t addr;
	int ret;

	ret = read_layout(text->info, &buf->layout);
	if (ret < 0)
		return ret;
	ret = vmcoreinfo_symbol(text->info, "log_buf", &addr);
	if (ret < 0)
		return ret;
	ret = dmesg_read_u64(text, addr, &buf->addr);
	if (ret < 0)
		return ret;
	ret = read_variable(text, "log_buf_len", &buf->len);
	if (ret < 0)
		return ret;
	ret = read_variable(text, "log_first_idx", &buf->first_idx);
	if (ret < 0)
		return ret;
	ret = read_variable(text, "log_next_idx", &buf->next_idx);
	if (ret < 0)
		return ret;
	if (buf->len > DMESG_BUF_MAX || buf->first_idx >= buf->len ||
	    buf->next_idx >= buf->len)
		return -EBADMSG;
	return 0;
}

/* A header must lie in the buffer as a whole, and so must its text. */
static int read_record(struct dmesg_text *text, const struct log_buf *buf,
		       uint32_t idx, struct record *ret)
{
	const struct log_layout *layout = &buf->layout;
	unsigned char hdr[DMESG_STRUCT_MAX];
	uint32_t left = buf->len - idx;
	int err;

	if (left < layout->size)
		return -EBADMSG;
	err = vmcore_read_virt(text->core, buf->addr + idx, hdr, layout->size);
	if (err < 0)
		return err;
	memcpy(&ret->ts_nsec, hdr + layout->ts_nsec, sizeof(ret->ts_nsec));
	memcpy(&ret->len, hdr + layout->len, sizeof(ret->len));
	memcpy(&ret->text_len, hdr + layout->text_len, sizeof(ret->text_len));
	if (ret->len == 0)
		return 0;
	if (ret->len > left || layout->size + ret->text_len > ret->len)
		return -EBADMSG;
	return 0;
}

int dmesg_record(struct dmesg_text *text)
{
	struct log_buf buf = { .addr = 0 };
	struct record record;
	uint32_t idx;
	uint64_t seen = 0;
	int ret;

	ret = open_log_buf(text, &buf);
	if (ret < 0)
		return ret;
	/* One lap: all records are no longer than the buffer. */
	for (idx = buf.first_idx; idx != buf.next_idx; idx += record.len) {
		ret = read_record(text, &buf, idx, &record);
		if (ret < 0)
			return ret;
		if (record.len == 0) {
			seen += buf.len - idx;
			idx = 0;
			if (buf.next_idx == 0)
				break;
			ret = read_record(text, &buf, idx, &record);
			if (ret < 0)
				return ret;
		}
		seen += record.len;
		if (record.len == 0 || seen > buf.len)
			return -EBADMSG;
		ret = dmesg_text_record(text, record.ts_nsec,
					buf.addr + idx + buf.layout.size,
					record.text_len);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int dmesg_record_ranges(struct dmesg_text *text, dmesg_range range, void *arg)
{
	struct log_buf buf = { .addr = 0 };
	int ret = open_log_buf(text, &buf);

	if (!ret)
		range(arg, buf.addr, buf.len);
	return ret;
}
