// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in the adapter's memory: noise, and the log of its firmware. */
#include <endian.h>
#include <string.h>

#include "chelsio.h"

/* struct fw_devlog_e (t4fw_api.h), big endian */
struct devlog_entry {
	uint64_t timestamp;
	uint32_t seqno;
	uint16_t reserved1;
	uint8_t level;
	uint8_t facility;
	char format[192];
	uint32_t params[8];
	uint32_t reserved3[4];
};

_Static_assert(CHELSIO_DEVLOG_ENTRIES * sizeof(struct devlog_entry) ==
		       CHELSIO_DEVLOG_LEN,
	       "entries have 256 bytes");

enum {
	SPACE_MEMORY = 5,
	SPACE_DEVLOG = 6,
};

/* Levels and facilities are enums of t4fw_api.h. */
static const struct {
	uint8_t level;
	uint8_t facility;
	const char *format;
} messages[] = {
	{ 4, 0x18, "port[%u] link up: speed %u Mb/s, flags 0x%08x\n" },
	{ 3, 0x18, "port[%u] link down: reason %u\n" },
	{ 4, 0x12, "dmaq: egress queue %u, context 0x%08x, %u credits\n" },
	{ 2, 0x08, "hw: correctable ECC error at 0x%08x, syndrome 0x%02x\n" },
	{ 5, 0x02, "sched: channel %u, class %u, rate %u\n" },
	{ 4, 0x1a, "vi[%u] allocated for pf %u\n" },
	{ 3, 0x00, "core: command 0x%08x returned %d\n" },
};

#define N_MESSAGES (sizeof(messages) / sizeof(messages[0]))

/* The finalizer of MurmurHash3: each bit of x changes half of the others. */
static uint32_t mix(uint32_t x)
{
	x = (x ^ x >> 16) * 0x85ebca6b;
	x = (x ^ x >> 13) * 0xc2b2ae35;
	return x ^ x >> 16;
}

uint32_t chelsio_word(uint32_t seed, uint32_t space, uint32_t i)
{
	return mix(mix(mix(seed + 0x9e3779b9) + space) + i);
}

/* A ring that has wrapped: the newest entry is somewhere in the middle. */
static void fill_devlog(uint32_t seed, uint8_t *mem)
{
	uint32_t newest =
		chelsio_word(seed, SPACE_DEVLOG, 0) % CHELSIO_DEVLOG_ENTRIES;
	uint32_t seqno = 4 * CHELSIO_DEVLOG_ENTRIES + newest;
	uint64_t timestamp = (uint64_t)chelsio_word(seed, SPACE_DEVLOG, 1) << 8;

	for (uint32_t i = 0; i < CHELSIO_DEVLOG_ENTRIES; i++, seqno--) {
		uint32_t slot = seqno % CHELSIO_DEVLOG_ENTRIES;
		uint32_t random = chelsio_word(seed, SPACE_DEVLOG, 16 * seqno);
		struct devlog_entry entry = {
			.timestamp = htobe64(timestamp),
			.seqno = htobe32(seqno),
			.level = messages[random % N_MESSAGES].level,
			.facility = messages[random % N_MESSAGES].facility,
		};

		strcpy(entry.format, messages[random % N_MESSAGES].format);
		for (uint32_t j = 0; j < 8; j++)
			entry.params[j] = htobe32(chelsio_word(
				seed, SPACE_DEVLOG, 16 * seqno + 1 + j));
		memcpy(mem + slot * sizeof(entry), &entry, sizeof(entry));
		timestamp -= random >> 12;
	}
}

void chelsio_fill_memory(const struct chelsio_config *config, uint8_t *mem)
{
	uint32_t len = chelsio_mem_len(config);

	for (uint32_t i = 0; i < len / 4; i++) {
		uint32_t value = chelsio_word(config->seed, SPACE_MEMORY, i);

		memcpy(mem + 4 * (size_t)i, &value, 4);
	}
	fill_devlog(config->seed, mem + CHELSIO_DEVLOG_OFF);
}
