// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cudbg.h"

#define COMPRESSION_NONE 0
#define COMPRESSION_ZLIB 2
#define CHUNK_ID 17 /* CUDBG_ZLIB_COMPRESS_ID */

static const char *const names[] = {
	[1] = "REG_DUMP",
	[2] = "DEV_LOG",
	[3] = "CIM_LA",
	[4] = "CIM_MA_LA",
	[5] = "CIM_QCFG",
	[6] = "CIM_IBQ_TP0",
	[7] = "CIM_IBQ_TP1",
	[8] = "CIM_IBQ_ULP",
	[9] = "CIM_IBQ_SGE0",
	[10] = "CIM_IBQ_SGE1",
	[11] = "CIM_IBQ_NCSI",
	[12] = "CIM_OBQ_ULP0",
	[13] = "CIM_OBQ_ULP1",
	[14] = "CIM_OBQ_ULP2",
	[15] = "CIM_OBQ_ULP3",
	[16] = "CIM_OBQ_SGE",
	[17] = "CIM_OBQ_NCSI",
	[18] = "EDC0",
	[19] = "EDC1",
	[20] = "MC0",
	[21] = "MC1",
	[22] = "RSS",
	[25] = "RSS_VF_CONF",
	[27] = "PATH_MTU",
	[30] = "PM_STATS",
	[31] = "HW_SCHED",
	[36] = "TP_INDIRECT",
	[37] = "SGE_INDIRECT",
	[41] = "ULPRX_LA",
	[43] = "TP_LA",
	[44] = "MEMINFO",
	[45] = "CIM_PIF_LA",
	[46] = "CLK",
	[47] = "CIM_OBQ_RXQ0",
	[48] = "CIM_OBQ_RXQ1",
	[50] = "PCIE_INDIRECT",
	[51] = "PM_INDIRECT",
	[54] = "TID_INFO",
	[55] = "PCIE_CONFIG",
	[56] = "DUMP_CONTEXT",
	[57] = "MPS_TCAM",
	[58] = "VPD_DATA",
	[59] = "LE_TCAM",
	[60] = "CCTRL",
	[61] = "MA_INDIRECT",
	[62] = "ULPTX_LA",
	[64] = "UP_CIM_INDIRECT",
	[65] = "PBT_TABLE",
	[66] = "MBOX_LOG",
	[67] = "HMA_INDIRECT",
	[68] = "HMA",
	[70] = "QDESC",
	[71] = "FLASH",
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

static uint32_t get32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

int cudbg_open(struct cudbg *dump, const void *data, size_t len)
{
	const uint8_t *hdr = data;
	uint64_t data_len;

	if (len < CUDBG_HDR_LEN || get32(hdr) != CUDBG_SIGNATURE)
		return -EBADMSG;
	memset(dump, 0, sizeof(*dump));
	dump->data = hdr;
	dump->hdr_len = get32(hdr + 4);
	memcpy(&dump->major, hdr + 8, 2);
	memcpy(&dump->minor, hdr + 10, 2);
	data_len = get32(hdr + 12);
	dump->n_entities = (uint32_t)(hdr[20] | hdr[21] << 8);
	dump->chip = hdr[22];
	dump->compression = hdr[23] >> 4;
	if (dump->hdr_len < CUDBG_HDR_LEN || data_len > len ||
	    dump->n_entities > CUDBG_ENTITIES_MAX ||
	    (uint64_t)dump->hdr_len + dump->n_entities * CUDBG_ENTITY_HDR_LEN >
		    data_len ||
	    (dump->compression != COMPRESSION_NONE &&
	     dump->compression != COMPRESSION_ZLIB))
		return -EBADMSG;
	dump->len = data_len;
	return 0;
}

int cudbg_entity(const struct cudbg *dump, uint32_t type,
		 struct cudbg_entity *ret)
{
	uint64_t table = (uint64_t)dump->hdr_len +
			 (uint64_t)dump->n_entities * CUDBG_ENTITY_HDR_LEN;
	const uint8_t *hdr;
	uint64_t off, len;

	if (type < 1 || type > dump->n_entities)
		return -ENOENT;
	hdr = dump->data + dump->hdr_len + (type - 1) * CUDBG_ENTITY_HDR_LEN;
	if (get32(hdr) == 0)
		return -ENOENT;
	off = get32(hdr + 4);
	len = get32(hdr + 8);
	ret->type = type;
	ret->flags = (int32_t)get32(hdr + 12);
	ret->sys_warn = (int32_t)get32(hdr + 16);
	ret->sys_err = (int32_t)get32(hdr + 20);
	/* Bit 0 of the byte after the padding: goes on elsewhere. */
	if (get32(hdr) != type || off < table || off + len > dump->len ||
	    hdr[24] > 3 || hdr[24] > len || (hdr[25] & 1))
		return -EBADMSG;
	ret->data = dump->data + off;
	ret->len = len - hdr[24];
	return 0;
}

/* One chunk at data, of which at most len bytes are there; its length. */
static int inflate_chunk(const uint8_t *data, size_t len, uint8_t *buf,
			 size_t *stored, size_t *inflated)
{
	uint64_t in_len, out_len;
	uLongf got;

	if (len < CUDBG_CHUNK_HDR_LEN || get32(data) != CHUNK_ID)
		return -EBADMSG;
	out_len = get64(data + 8);
	in_len = get64(data + 16);
	if (in_len > len - CUDBG_CHUNK_HDR_LEN || out_len > CUDBG_CHUNK_MAX)
		return -EBADMSG;
	got = out_len;
	if (uncompress(buf, &got, data + CUDBG_CHUNK_HDR_LEN, in_len) != Z_OK ||
	    got != out_len)
		return -EBADMSG;
	*stored = CUDBG_CHUNK_HDR_LEN + in_len;
	*inflated = out_len;
	return 0;
}

int cudbg_inflate(const struct cudbg *dump, const struct cudbg_entity *entity,
		  int (*put)(void *arg, const void *data, size_t len),
		  void *arg)
{
	size_t off = 0, stored = 0, inflated = 0;
	uint8_t *buf;
	int ret = 0;

	if (dump->compression == COMPRESSION_NONE)
		return put && entity->len ? put(arg, entity->data, entity->len)
					  : 0;
	buf = malloc(CUDBG_CHUNK_MAX);
	if (!buf)
		return -ENOMEM;
	for (; !ret && off < entity->len; off += stored) {
		ret = inflate_chunk(entity->data + off, entity->len - off, buf,
				    &stored, &inflated);
		if (!ret && put)
			ret = put(arg, buf, inflated);
	}
	free(buf);
	return ret;
}

const char *cudbg_name(uint32_t type)
{
	return type < N_NAMES ? names[type] : NULL;
}

uint32_t cudbg_type(const char *name)
{
	for (uint32_t i = 0; i < N_NAMES; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return 0;
}
