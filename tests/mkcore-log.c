// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's side of its log: what printk() does to memory, with one writer
 * and no readers.  Offsets are those of x86_64.
 */

#include <ctype.h>
#include <string.h>

#include "mkcore.h"

/* struct prb_desc, struct printk_info; 6.1 */
#define DESC_LEN 24
#define INFO_LEN 88
#define INFO_TEXT_LEN 16

/* struct printk_ringbuffer */
#define RB_COUNT_BITS 0
#define RB_DESCS 8
#define RB_INFOS 16
#define RB_HEAD_ID 24
#define RB_TAIL_ID 32
#define RB_TEXT 48
#define RB_SIZE_BITS (RB_TEXT + 0)
#define RB_DATA (RB_TEXT + 8)
#define RB_HEAD_LPOS (RB_TEXT + 16)
#define RB_TAIL_LPOS (RB_TEXT + 24)
#define RB_LEN 88

#define ID_MASK (~0ULL >> 2)
#define STATE_SHIFT 62
#define FINALIZED 2ULL
#define REUSABLE 3ULL
/* "No text": an empty line, and a text there was no room for. */
#define LPOS_EMPTY 3

/* struct printk_log; 4.19 */
#define LOG_LEN 16
#define LOG_ALIGN 4

static void set(struct mkcore *core, uint64_t addr, uint64_t value, size_t len)
{
	memcpy(mkcore_at(core, addr, len), &value, len);
}

static uint64_t get(struct mkcore *core, uint64_t addr, size_t len)
{
	uint64_t value = 0;

	memcpy(&value, mkcore_at(core, addr, len), len);
	return value;
}

static uint64_t desc_of(const struct mkcore_log *log, uint64_t id)
{
	return log->descs + (id & (log->count - 1)) * DESC_LEN;
}

static void set_state(struct mkcore *core, struct mkcore_log *log, uint64_t id,
		      uint64_t state)
{
	set(core, desc_of(log, id), state << STATE_SHIFT | id, 8);
}

static void set_ring(struct mkcore *core, struct mkcore_log *log)
{
	set(core, log->addr + RB_HEAD_ID, log->head_id, 8);
	set(core, log->addr + RB_TAIL_ID, log->tail_id, 8);
	set(core, log->addr + RB_HEAD_LPOS, log->head_lpos, 8);
	set(core, log->addr + RB_TAIL_LPOS, log->tail_lpos, 8);
}

/* The oldest text goes: its descriptor becomes free for use again. */
static void free_oldest_text(struct mkcore *core, struct mkcore_log *log)
{
	uint64_t next = get(core, desc_of(log, log->data_id) + 16, 8);

	set_state(core, log, log->data_id, REUSABLE);
	if (!(next & 1))
		log->tail_lpos = next;
	log->data_id = (log->data_id + 1) & ID_MASK;
}

/* Where a text of that size can lie; a block is never split by the end. */
static uint64_t next_lpos(const struct mkcore_log *log, uint64_t size)
{
	uint64_t wrap = ~(log->size - 1);
	uint64_t next = log->head_lpos + size;

	if ((log->head_lpos & wrap) == (next & wrap))
		return next;
	return (next & wrap) + size;
}

static void put_text(struct mkcore *core, struct mkcore_log *log,
		     const char *text, size_t len)
{
	uint64_t begin = log->head_lpos, mask = log->size - 1, at;
	uint64_t next = next_lpos(log, (8 + len + 7) & ~7ULL);

	while (next - log->tail_lpos > log->size &&
	       log->data_id != log->head_id)
		free_oldest_text(core, log);
	at = log->data + (begin & mask);
	set(core, at, log->head_id, 8);
	if ((begin & ~mask) != (next & ~mask)) {
		at = log->data;
		set(core, at, log->head_id, 8);
	}
	memcpy(mkcore_at(core, at + 8, len), text, len);
	set(core, desc_of(log, log->head_id) + 8, begin, 8);
	set(core, desc_of(log, log->head_id) + 16, next, 8);
	log->head_lpos = next;
}

static void ring_record(struct mkcore *core, struct mkcore_log *log,
			uint64_t ts_nsec, const char *text, size_t len)
{
	uint64_t id = (log->head_id + 1) & ID_MASK, info;

	if (len + 16 > log->size)
		mkcore_die(core, "record longer than the ring");
	if (((id - log->tail_id) & ID_MASK) >= log->count) {
		if (log->data_id == log->tail_id)
			free_oldest_text(core, log);
		log->tail_id = (log->tail_id + 1) & ID_MASK;
	}
	log->head_id = id;
	if (len) {
		put_text(core, log, text, len);
	} else {
		set(core, desc_of(log, id) + 8, LPOS_EMPTY, 8);
		set(core, desc_of(log, id) + 16, LPOS_EMPTY, 8);
	}
	info = log->infos + (id & (log->count - 1)) * INFO_LEN;
	set(core, info, id - log->size, 8);
	set(core, info + 8, ts_nsec, 8);
	set(core, info + INFO_TEXT_LEN, len, 2);
	set_state(core, log, id, FINALIZED);
	set_ring(core, log);
}

void mkcore_ring(struct mkcore *core, struct mkcore_log *log,
		 unsigned int count_bits, unsigned int size_bits)
{
	uint64_t prb;

	if (count_bits > 20 || size_bits > 24)
		mkcore_die(core, "ring too large");
	*log = (struct mkcore_log){ .record = ring_record };
	log->count = 1ULL << count_bits;
	log->size = 1ULL << size_bits;
	/* Ids and positions start so that they wrap soon, as in the kernel. */
	log->head_id = log->tail_id = log->data_id =
		(0 - (log->count + 1)) & ID_MASK;
	log->head_lpos = log->tail_lpos = 0 - log->size;
	prb = mkcore_reserve(core, 8, 8);
	log->addr = mkcore_reserve(core, 8, RB_LEN);
	log->descs = mkcore_reserve(core, 8, log->count * DESC_LEN);
	log->infos = mkcore_reserve(core, 8, log->count * INFO_LEN);
	log->data = mkcore_reserve(core, 8, log->size);
	mkcore_label(core, "prb", prb);
	mkcore_label(core, "rb", log->addr);
	mkcore_label(core, "descs", log->descs);
	mkcore_label(core, "infos", log->infos);
	mkcore_label(core, "data", log->data);
	set(core, prb, log->addr, 8);
	set(core, log->addr + RB_COUNT_BITS, count_bits, 4);
	set(core, log->addr + RB_DESCS, log->descs, 8);
	set(core, log->addr + RB_INFOS, log->infos, 8);
	set(core, log->addr + RB_SIZE_BITS, size_bits, 4);
	set(core, log->addr + RB_DATA, log->data, 8);
	set_state(core, log, log->head_id, REUSABLE);
	set(core, desc_of(log, log->head_id) + 8, 1, 8);
	set(core, desc_of(log, log->head_id) + 16, 1, 8);
	set_ring(core, log);
}

void mkcore_ring_state(struct mkcore *core, struct mkcore_log *log,
		       uint64_t state)
{
	set_state(core, log, log->head_id, state);
}

void mkcore_ring_lpos(struct mkcore *core, struct mkcore_log *log,
		      uint64_t begin, uint64_t next)
{
	set(core, desc_of(log, log->head_id) + 8, begin, 8);
	set(core, desc_of(log, log->head_id) + 16, next, 8);
}

void mkcore_ring_ids(struct mkcore *core, struct mkcore_log *log, uint64_t tail,
		     uint64_t head)
{
	set(core, log->addr + RB_TAIL_ID, tail, 8);
	set(core, log->addr + RB_HEAD_ID, head, 8);
}

void mkcore_ring_info(struct mkcore *core)
{
	mkcore_text(core, "SYMBOL(prb)=%llx\n",
		    (unsigned long long)mkcore_label_addr(core, "prb"));
	mkcore_text(core,
		    "SIZE(printk_ringbuffer)=%d\n"
		    "OFFSET(printk_ringbuffer.desc_ring)=0\n"
		    "OFFSET(printk_ringbuffer.text_data_ring)=%d\n"
		    "OFFSET(prb_desc_ring.count_bits)=%d\n"
		    "OFFSET(prb_desc_ring.descs)=%d\n"
		    "OFFSET(prb_desc_ring.infos)=%d\n"
		    "OFFSET(prb_desc_ring.head_id)=%d\n"
		    "OFFSET(prb_desc_ring.tail_id)=%d\n",
		    RB_LEN, RB_TEXT, RB_COUNT_BITS, RB_DESCS, RB_INFOS,
		    RB_HEAD_ID, RB_TAIL_ID);
	mkcore_text(core,
		    "SIZE(prb_desc)=%d\n"
		    "OFFSET(prb_desc.state_var)=0\n"
		    "OFFSET(prb_desc.text_blk_lpos)=8\n"
		    "OFFSET(prb_data_blk_lpos.begin)=0\n"
		    "OFFSET(prb_data_blk_lpos.next)=8\n"
		    "SIZE(printk_info)=%d\n"
		    "OFFSET(printk_info.seq)=0\n"
		    "OFFSET(printk_info.ts_nsec)=8\n"
		    "OFFSET(printk_info.text_len)=%d\n"
		    "OFFSET(prb_data_ring.size_bits)=0\n"
		    "OFFSET(prb_data_ring.data)=8\n",
		    DESC_LEN, INFO_LEN, INFO_TEXT_LEN);
}

/* log_first_idx and log_next_idx are the two numbers at log->addr. */
static void set_indices(struct mkcore *core, struct mkcore_log *log)
{
	set(core, log->addr, log->first_idx, 4);
	set(core, log->addr + 4, log->next_idx, 4);
}

static uint32_t record_len(struct mkcore *core, const struct mkcore_log *log,
			   uint32_t idx)
{
	return (uint32_t)get(core, log->data + idx + 8, 2);
}

static bool has_space(const struct mkcore_log *log, uint32_t len)
{
	uint64_t left = log->first_idx - log->next_idx;

	if (log->next_idx >= log->first_idx) {
		left = log->size - log->next_idx;
		if (left < log->first_idx)
			left = log->first_idx;
	}
	/* A whole header more, for the mark that says "go to the start". */
	return left >= len + LOG_LEN;
}

static void drop_oldest(struct mkcore *core, struct mkcore_log *log)
{
	if (record_len(core, log, log->first_idx) == 0)
		log->first_idx = 0;
	log->first_idx += record_len(core, log, log->first_idx);
	if (log->size - log->first_idx >= LOG_LEN &&
	    record_len(core, log, log->first_idx) == 0 &&
	    log->first_idx != log->next_idx)
		log->first_idx = 0;
}

static void put_record(struct mkcore *core, struct mkcore_log *log,
		       uint64_t ts_nsec, const char *text, size_t text_len)
{
	uint32_t len = (uint32_t)(LOG_LEN + text_len + LOG_ALIGN - 1) &
		       ~(LOG_ALIGN - 1U);
	uint64_t at;

	if (len + LOG_LEN > log->size)
		mkcore_die(core, "record longer than the log");
	while (log->first_idx != log->next_idx && !has_space(log, len))
		drop_oldest(core, log);
	if (log->next_idx + len + LOG_LEN > log->size) {
		memset(mkcore_at(core, log->data + log->next_idx, LOG_LEN), 0,
		       LOG_LEN);
		log->next_idx = 0;
	}
	at = log->data + log->next_idx;
	memset(mkcore_at(core, at, len), 0, len);
	set(core, at, ts_nsec, 8);
	set(core, at + 8, len, 2);
	set(core, at + 10, text_len, 2);
	memcpy(mkcore_at(core, at + LOG_LEN, text_len), text, text_len);
	log->next_idx += len;
	set_indices(core, log);
}

void mkcore_records(struct mkcore *core, struct mkcore_log *log, uint32_t size)
{
	uint64_t log_buf;

	*log = (struct mkcore_log){ .record = put_record, .size = size };
	log_buf = mkcore_reserve(core, 8, 16);
	log->addr = mkcore_reserve(core, 8, 8);
	log->data = mkcore_reserve(core, 8, size);
	mkcore_label(core, "log_buf", log_buf);
	mkcore_label(core, "log_buf_len", log_buf + 8);
	mkcore_label(core, "log_first_idx", log->addr);
	mkcore_label(core, "log_next_idx", log->addr + 4);
	mkcore_label(core, "records", log->data);
	set(core, log_buf, log->data, 8);
	set(core, log_buf + 8, size, 4);
	set_indices(core, log);
}

void mkcore_records_info(struct mkcore *core)
{
	static const char *const symbols[] = { "log_buf", "log_buf_len",
					       "log_first_idx",
					       "log_next_idx" };

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		mkcore_text(core, "SYMBOL(%s)=%llx\n", symbols[i],
			    (unsigned long long)mkcore_label_addr(core,
								  symbols[i]));
	mkcore_text(core,
		    "SIZE(printk_log)=%d\n"
		    "OFFSET(printk_log.ts_nsec)=0\n"
		    "OFFSET(printk_log.len)=8\n"
		    "OFFSET(printk_log.text_len)=10\n"
		    "OFFSET(printk_log.dict_len)=12\n",
		    LOG_LEN);
}

uint64_t mkcore_nanoseconds(const char *text, const char **end)
{
	uint64_t value = 0, unit = 1000000000;

	for (; isdigit((unsigned char)*text); text++)
		value = value * 10 + (uint64_t)(*text - '0');
	value *= unit;
	if (*text == '.')
		for (text++; isdigit((unsigned char)*text); text++) {
			unit /= 10;
			value += unit * (uint64_t)(*text - '0');
		}
	*end = text;
	return value;
}
