// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../netstream/log.h"
#include "dmesg-text.h"

static int flush(struct dmesg_text *text)
{
	int ret = 0;

	if (text->used)
		ret = text->sink(text->arg, text->out, text->used);
	text->used = 0;
	if (ret < 0)
		text->sink_failed = true;
	return ret;
}

static int put(struct dmesg_text *text, const char *bytes, size_t len)
{
	int ret = 0;

	if (len > sizeof(text->out) - text->used)
		ret = flush(text);
	memcpy(text->out + text->used, bytes, len);
	text->used += len;
	return ret;
}

static int put_prefix(struct dmesg_text *text, uint64_t ts_nsec)
{
	char prefix[48];

	text->indent = snprintf(
		prefix, sizeof(prefix), "[%5" PRIu64 ".%06" PRIu64 "] ",
		ts_nsec / 1000000000, ts_nsec % 1000000000 / 1000);
	return put(text, prefix, text->indent);
}

/* Most bytes of a log are themselves, and there are many. */
static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c <= 0x7e) ||
	       (c >= '\t' && c <= '\r' && c != '\n');
}

/* A byte that is shown as something else. */
static int put_special(struct dmesg_text *text, unsigned char c)
{
	char shown[48];
	int len;

	if (c == '\n')
		len = snprintf(shown, sizeof(shown), "\n%*s", text->indent, "");
	else
		len = snprintf(shown, sizeof(shown), "\\x%02x", c);
	return put(text, shown, len);
}

static int put_piece(struct dmesg_text *text, const unsigned char *piece,
		     size_t len)
{
	size_t done = 0, n;
	int ret = 0;

	while (done < len && ret == 0) {
		for (n = 0; done + n < len && is_plain(piece[done + n]); n++)
			;
		if (n)
			ret = put(text, (const char *)piece + done, n);
		done += n;
		if (ret == 0 && done < len)
			ret = put_special(text, piece[done++]);
	}
	return ret;
}

int dmesg_unreadable(struct dmesg_text *text)
{
	text->n_unreadable++;
	return text->n_unreadable > DMESG_UNREADABLE_MAX ? -EFAULT : 0;
}

int dmesg_text_record(struct dmesg_text *text, uint64_t ts_nsec, uint64_t addr,
		      size_t len)
{
	unsigned char piece[DMESG_PIECE_LEN];
	size_t done = 0, n;
	int ret;

	do {
		n = len - done < sizeof(piece) ? len - done : sizeof(piece);
		ret = vmcore_read_virt(text->core, addr + done, piece, n);
		if (ret == -EFAULT && done)
			break;
		if (ret == -EFAULT)
			return dmesg_unreadable(text);
		if (ret < 0)
			return ret;
		if (done == 0)
			ret = put_prefix(text, ts_nsec);
		if (ret == 0)
			ret = put_piece(text, piece, n);
		if (ret < 0)
			return ret;
		done += n;
	} while (done < len);
	return put(text, "\n", 1);
}

int dmesg_read_u32(struct dmesg_text *text, uint64_t addr, uint32_t *ret)
{
	return vmcore_read_virt(text->core, addr, ret, sizeof(*ret));
}

int dmesg_read_u64(struct dmesg_text *text, uint64_t addr, uint64_t *ret)
{
	return vmcore_read_virt(text->core, addr, ret, sizeof(*ret));
}

int dmesg_layout(const struct vmcoreinfo *info, const struct dmesg_key *keys,
		 void *layout)
{
	uint64_t value;
	int ret;

	for (; keys->name; keys++) {
		if (keys->kind == KEY_SIZE)
			ret = vmcoreinfo_size(info, keys->name, &value);
		else
			ret = vmcoreinfo_offset(info, keys->name, &value);
		if (ret < 0)
			return ret;
		if (value > DMESG_STRUCT_MAX)
			return -EBADMSG;
		memcpy((char *)layout + keys->at, &value, sizeof(value));
	}
	return 0;
}

static const char *reason(int err)
{
	switch (err) {
	case -ENODATA:
		return "vmcoreinfo does not say where it is";
	case -EBADMSG:
		return "malformed";
	case -EFAULT:
		return "not in the vmcore";
	default:
		return strerror(-err);
	}
}

/* By what vmcoreinfo offers; the ring buffer came with 5.10. */
static bool has_ring(const struct vmcoreinfo *info)
{
	uint64_t addr;

	return vmcoreinfo_symbol(info, "prb", &addr) == 0;
}

static int write_records(struct dmesg_text *text)
{
	return has_ring(text->info) ? dmesg_ring(text) : dmesg_record(text);
}

int dmesg_write(struct vmcore *core, const struct vmcoreinfo *info,
		dmesg_sink sink, void *arg)
{
	struct dmesg_text text = {
		.core = core, .info = info, .sink = sink, .arg = arg
	};
	int err, ret;

	ret = write_records(&text);
	if (text.sink_failed)
		return ret;
	err = flush(&text);
	if (err < 0)
		return err;
	if (ret < 0 && ret != -EIO)
		log_err("%s: the kernel's log: %s", core->path, reason(ret));
	else if (text.n_unreadable)
		log_warn("%s: the kernel's log: %" PRIu64
			 " records are not in the vmcore",
			 core->path, text.n_unreadable);
	return ret;
}

int dmesg_ranges(struct vmcore *core, const struct vmcoreinfo *info,
		 dmesg_range range, void *arg)
{
	struct dmesg_text text = { .core = core, .info = info };

	return has_ring(info) ? dmesg_ring_ranges(&text, range, arg)
			      : dmesg_record_ranges(&text, range, arg);
}
