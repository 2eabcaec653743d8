// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The printk ring buffer of 5.10 and newer (kernel/printk/printk_ringbuffer.h,
 * the drawing there is worth a look): descriptors, infos and text are three
 * rings.  A descriptor's id counts up for ever, its place is the id modulo
 * the number of descriptors.  A text's "lpos" counts bytes for ever too.
 *
 *	prb -> struct printk_ringbuffer
 *		desc_ring: count_bits, descs, infos, head_id, tail_id
 *		text_data_ring: size_bits, data
 *
 * Both counters wrap at the size of their type: ids at 62 bits, as two bits
 * of state_var are the state.
 */

#include <errno.h>
#include <string.h>

#include "dmesg-text.h"

#define ID_MASK (~0ULL >> 2)
#define STATE_SHIFT 62
#define STATE_COMMITTED 1
#define STATE_FINALIZED 2

/* setup_log_buf(): 31 bits of text at most, one descriptor per 32 bytes. */
#define COUNT_BITS_MAX 26
#define SIZE_BITS_MAX 31

/* Each block of text starts with the id of its descriptor. */
#define BLOCK_ID_LEN 8

struct ring_layout {
	uint64_t desc_ring, text_ring;
	uint64_t count_bits, descs, infos, head_id, tail_id;
	uint64_t desc_len, state_var, lpos, begin, next;
	uint64_t info_len, ts_nsec, text_len;
	uint64_t size_bits, data;
};

#define RING_AT(field) offsetof(struct ring_layout, field)
static const struct dmesg_key layout_keys[] = {
	{ KEY_OFFSET, "printk_ringbuffer.desc_ring", RING_AT(desc_ring) },
	{ KEY_OFFSET, "printk_ringbuffer.text_data_ring", RING_AT(text_ring) },
	{ KEY_OFFSET, "prb_desc_ring.count_bits", RING_AT(count_bits) },
	{ KEY_OFFSET, "prb_desc_ring.descs", RING_AT(descs) },
	{ KEY_OFFSET, "prb_desc_ring.infos", RING_AT(infos) },
	{ KEY_OFFSET, "prb_desc_ring.head_id", RING_AT(head_id) },
	{ KEY_OFFSET, "prb_desc_ring.tail_id", RING_AT(tail_id) },
	{ KEY_SIZE, "prb_desc", RING_AT(desc_len) },
	{ KEY_OFFSET, "prb_desc.state_var", RING_AT(state_var) },
	{ KEY_OFFSET, "prb_desc.text_blk_lpos", RING_AT(lpos) },
	{ KEY_OFFSET, "prb_data_blk_lpos.begin", RING_AT(begin) },
	{ KEY_OFFSET, "prb_data_blk_lpos.next", RING_AT(next) },
	{ KEY_SIZE, "printk_info", RING_AT(info_len) },
	{ KEY_OFFSET, "printk_info.ts_nsec", RING_AT(ts_nsec) },
	{ KEY_OFFSET, "printk_info.text_len", RING_AT(text_len) },
	{ KEY_OFFSET, "prb_data_ring.size_bits", RING_AT(size_bits) },
	{ KEY_OFFSET, "prb_data_ring.data", RING_AT(data) },
	{ KEY_OFFSET, NULL, 0 }
};

/* An array in the crashed kernel, read some entries at a time. */
struct table {
	uint64_t addr;
	uint64_t n_entries;
	size_t entry_len;
	uint64_t first; /* what is in buf */
	size_t n_read;
	unsigned char buf[4 * DMESG_STRUCT_MAX];
};

struct ring {
	struct dmesg_text *text;
	struct ring_layout layout;
	struct table descs;
	struct table infos;
	uint64_t head_id;
	uint64_t tail_id;
	uint64_t data;
	uint64_t data_len;
};

static int table_get(struct table *table, struct vmcore *core, uint64_t index,
		     const unsigned char **entry)
{
	uint64_t addr = table->addr + index * table->entry_len;
	size_t n = sizeof(table->buf) / table->entry_len;
	int ret;

	if (index < table->first || index - table->first >= table->n_read) {
		if (n > table->n_entries - index)
			n = table->n_entries - index;
		table->n_read = 0;
		ret = vmcore_read_virt(core, addr, table->buf,
				       n * table->entry_len);
		/* The batch may reach into memory that is not there. */
		if (ret == -EFAULT && n > 1) {
			n = 1;
			ret = vmcore_read_virt(core, addr, table->buf,
					       table->entry_len);
		}
		if (ret < 0)
			return ret;
		table->first = index;
		table->n_read = n;
	}
	*entry = table->buf + (index - table->first) * table->entry_len;
	return 0;
}

static uint64_t get_u64(const unsigned char *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint16_t get_u16(const unsigned char *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

/* The entries are as long as the last field that is read from them. */
static int check_layout(const struct ring_layout *layout)
{
	uint64_t lpos_end =
		layout->begin > layout->next ? layout->begin : layout->next;

	if (layout->state_var + 8 > layout->desc_len ||
	    layout->lpos + lpos_end + 8 > layout->desc_len ||
	    layout->ts_nsec + 8 > layout->info_len ||
	    layout->text_len + 2 > layout->info_len)
		return -EBADMSG;
	return 0;
}

static int open_desc_ring(struct ring *ring, uint64_t addr)
{
	const struct ring_layout *layout = &ring->layout;
	struct dmesg_text *text = ring->text;
	uint32_t bits;
	int ret;

	ret = dmesg_read_u32(text, addr + layout->count_bits, &bits);
	if (ret < 0)
		return ret;
	if (bits > COUNT_BITS_MAX)
		return -EBADMSG;
	ring->descs.n_entries = ring->infos.n_entries = 1ULL << bits;
	ring->descs.entry_len = layout->desc_len;
	ring->infos.entry_len = layout->info_len;
	ret = dmesg_read_u64(text, addr + layout->descs, &ring->descs.addr);
	if (ret < 0)
		return ret;
	ret = dmesg_read_u64(text, addr + layout->infos, &ring->infos.addr);
	if (ret < 0)
		return ret;
	ret = dmesg_read_u64(text, addr + layout->head_id, &ring->head_id);
	if (ret < 0)
		return ret;
	return dmesg_read_u64(text, addr + layout->tail_id, &ring->tail_id);
}

static int open_text_ring(struct ring *ring, uint64_t addr)
{
	const struct ring_layout *layout = &ring->layout;
	uint32_t bits;
	int ret;

	ret = dmesg_read_u32(ring->text, addr + layout->size_bits, &bits);
	if (ret < 0)
		return ret;
	if (bits > SIZE_BITS_MAX)
		return -EBADMSG;
	ring->data_len = 1ULL << bits;
	return dmesg_read_u64(ring->text, addr + layout->data, &ring->data);
}

static int open_ring(struct ring *ring)
{
	struct dmesg_text *text = ring->text;
	uint64_t addr;
	int ret;

	ret = dmesg_layout(text->info, layout_keys, &ring->layout);
	if (ret < 0)
		return ret;
	ret = check_layout(&ring->layout);
	if (ret < 0)
		return ret;
	ret = vmcoreinfo_symbol(text->info, "prb", &addr);
	if (ret < 0)
		return ret;
	ret = dmesg_read_u64(text, addr, &addr);
	if (ret < 0)
		return ret;
	ret = open_desc_ring(ring, addr + ring->layout.desc_ring);
	if (ret < 0)
		return ret;
	return open_text_ring(ring, addr + ring->layout.text_ring);
}

/*
 * Where the text of a block is and how long it can be.  A block that does
 * not fit before the end of the ring lies at its start, as a whole.  One that
 * ends exactly there does not: kernels where that can happen test next - 1,
 * as is done here, in all others it does not happen.
 */
static bool find_block(const struct ring *ring, uint64_t begin, uint64_t next,
		       uint64_t *off, uint64_t *len)
{
	uint64_t size = ring->data_len;
	uint64_t begin_wrap = begin & ~(size - 1);
	uint64_t end_wrap = (next - 1) & ~(size - 1);

	/* Bit 0 says that there is no text: empty, or no room for it. */
	if ((begin & 1) || (next & 1))
		return false;
	if (begin_wrap == end_wrap && begin < next) {
		*off = begin & (size - 1);
		*len = next - begin;
	} else if (begin_wrap + size == end_wrap) {
		*off = 0;
		*len = next - end_wrap;
	} else {
		return false;
	}
	if (*len < BLOCK_ID_LEN)
		return false;
	*off += BLOCK_ID_LEN;
	*len -= BLOCK_ID_LEN;
	return true;
}

/* 0 for a record that is not there, or not finished: nothing is written. */
static int write_one(struct ring *ring, uint64_t id)
{
	const struct ring_layout *layout = &ring->layout;
	uint64_t index = id & (ring->descs.n_entries - 1);
	struct dmesg_text *text = ring->text;
	const unsigned char *entry, *lpos;
	uint64_t state, off, len;
	int ret;

	ret = table_get(&ring->descs, text->core, index, &entry);
	if (ret < 0)
		return ret;
	state = get_u64(entry + layout->state_var);
	if ((state & ID_MASK) != id)
		return 0;
	state >>= STATE_SHIFT;
	if (state != STATE_COMMITTED && state != STATE_FINALIZED)
		return 0;
	lpos = entry + layout->lpos;
	if (!find_block(ring, get_u64(lpos + layout->begin),
			get_u64(lpos + layout->next), &off, &len))
		return 0;

	ret = table_get(&ring->infos, text->core, index, &entry);
	if (ret < 0)
		return ret;
	if (len > get_u16(entry + layout->text_len))
		len = get_u16(entry + layout->text_len);
	return dmesg_text_record(text, get_u64(entry + layout->ts_nsec),
				 ring->data + off, len);
}

int dmesg_ring(struct dmesg_text *text)
{
	struct ring ring = { .text = text };
	uint64_t id, n;
	int ret;

	ret = open_ring(&ring);
	if (ret < 0)
		return ret;
	id = ring.tail_id & ID_MASK;
	n = ((ring.head_id - id) & ID_MASK) + 1;
	if (n > ring.descs.n_entries) {
		/* Damaged: what fits the head is in the last lap. */
		n = ring.descs.n_entries;
		id = (ring.head_id - n + 1) & ID_MASK;
	}
	for (; n; n--, id = (id + 1) & ID_MASK) {
		ret = write_one(&ring, id);
		if (ret == -EFAULT)
			ret = dmesg_unreadable(text);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int dmesg_ring_ranges(struct dmesg_text *text, dmesg_range range, void *arg)
{
	struct ring ring = { .text = text };
	int ret = open_ring(&ring);

	if (ret < 0)
		return ret;
	range(arg, ring.descs.addr,
	      ring.descs.n_entries * ring.descs.entry_len);
	range(arg, ring.infos.addr,
	      ring.infos.n_entries * ring.infos.entry_len);
	range(arg, ring.data, ring.data_len);
	return 0;
}
