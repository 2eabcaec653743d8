// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Vital product data, behind the capability of that name.  The driver reads
 * 1 KiB at 0x400, and checks names and checksum (t4_get_raw_vpd_params());
 * the device dump also wants a number at 0x4c7 (CUDBG_VPD_VER_ADDR 0x18c7, as
 * t4_eeprom_ptov() maps it for function 4).
 */
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "chelsio.h"

#define CAPABILITY 0x40
#define VPD_BASE 0x400
#define VERSION_OFF 0x4c7
#define READ_ONLY_LEN 0x100

/* Resources of the PCI specification: a tag, 16 bits of length. */
#define TAG_NAME 0x82
#define TAG_READ_ONLY 0x90
#define TAG_END 0x78

enum {
	SPACE_VPD = 7,
};

static uint32_t put_tag(uint8_t *vpd, uint32_t off, uint8_t tag, uint32_t len)
{
	vpd[off] = tag;
	vpd[off + 1] = (uint8_t)len;
	vpd[off + 2] = (uint8_t)(len >> 8);
	return off + 3;
}

static uint32_t put_field(uint8_t *vpd, uint32_t off, const char *keyword,
			  const char *text)
{
	size_t len = strlen(text);

	memcpy(vpd + off, keyword, 2);
	vpd[off + 2] = (uint8_t)len;
	memcpy(vpd + off + 3, text, len);
	return off + 3 + (uint32_t)len;
}

static void fill(const struct chelsio_config *config, uint8_t *vpd)
{
	uint32_t serial = chelsio_word(config->seed, SPACE_VPD, 0);
	char text[READ_ONLY_LEN];
	uint32_t off, end;
	uint8_t sum = 0;

	off = put_tag(vpd, VPD_BASE, TAG_NAME, 16);
	snprintf(text, sizeof(text), "%-16s",
		 config->t6 ? "Model of a T6" : "Model of a T5");
	memcpy(vpd + off, text, 16);
	off = put_tag(vpd, off + 16, TAG_READ_ONLY, READ_ONLY_LEN);
	end = off + READ_ONLY_LEN;
	snprintf(text, sizeof(text), "MODEL%08X", serial);
	off = put_field(vpd, off, "SN", text);
	off = put_field(vpd, off, "PN", "110-0000-00");
	snprintf(text, sizeof(text), "0007430%05X", serial & 0xfffff);
	off = put_field(vpd, off, "NA", text);
	snprintf(text, sizeof(text), "%*s", (int)(VERSION_OFF + 2 - off - 3),
		 "17");
	off = put_field(vpd, off, "V0", text);
	off = put_field(vpd, off, "RV", "");
	vpd[off - 1] = (uint8_t)(end - off);
	for (uint32_t i = VPD_BASE; i < off; i++)
		sum = (uint8_t)(sum + vpd[i]);
	vpd[off] = (uint8_t)-sum;
	vpd[end] = TAG_END;
}

void chelsio_vpd_init(struct chelsio *adapter)
{
	struct proxy *dev = &adapter->pci;

	fill(&adapter->config, adapter->vpd);
	proxy_config_put(dev, PCI_STATUS, PCI_STATUS_CAP_LIST, 2);
	proxy_config_put(dev, PCI_CAPABILITY_LIST, CAPABILITY, 1);
	proxy_config_put(dev, CAPABILITY, PCI_CAP_ID_VPD, 2);
	memset(dev->writable + CAPABILITY + PCI_VPD_ADDR, 0xff, 2);
}

/* An address without PCI_VPD_ADDR_F asks; the flag says that it is there. */
void chelsio_vpd_written(struct chelsio *adapter, uint32_t off)
{
	struct proxy *dev = &adapter->pci;
	uint32_t addr, data = UINT32_MAX;

	if (off != CAPABILITY + PCI_VPD_ADDR)
		return;
	addr = proxy_config_get(dev, off, 2);
	if (addr & PCI_VPD_ADDR_F)
		return;
	if (addr <= CHELSIO_VPD_LEN - 4)
		memcpy(&data, adapter->vpd + addr, 4);
	proxy_config_put(dev, CAPABILITY + PCI_VPD_DATA, data, 4);
	proxy_config_put(dev, off, addr | PCI_VPD_ADDR_F, 2);
}
