// SPDX-License-Identifier: GPL-2.0-or-later
#include <byteswap.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "chelsio.h"
#include "chelsio-regs.h"

#define BAR2_LEN (64U << 10) /* doorbells: nothing behind it */
#define BAR4_LEN (8U << 10) /* MSI-X, which QEMU's proxy lacks */

#define PHYSICAL_FUNCTION 4

/* Micron (0x20), 4 MiB (0x16): the smallest that the driver is happy with. */
#define FLASH_ID 0x16ba20

/* SGE_FLM_CFG: (1 << 15) >> 5 free lists have a context. */
#define FLQ_SHIFT 5

/* Queues in CIM have this many units of 256 bytes each. */
#define CIM_QUEUE_UNITS 4

/* Where nothing is; contexts there are read through SGE_CTXT_CMD. */
#define BEYOND_MEMORY 0xf0000000U

/* Payload is the second half of MC, in this many pages each way. */
#define PAYLOAD_PAGES 8

/* Spaces of chelsio_word() next to the offsets of data registers. */
enum {
	SPACE_REGISTERS = 1,
	SPACE_FLASH = 2,
	SPACE_RSS = 3,
	SPACE_PCI = 4,
};

/*
 * What the driver takes as an address, a size or a busy bit.  All others may
 * be anything.
 */
static const struct {
	uint32_t reg;
	uint32_t value;
} reset_values[] = {
	{ PL_REV, 1 },
	{ SF_OP, 0 },
	{ PCIE_MEM_ACCESS_BASE_WIN, 0x1b800 | 1 }, /* 2 KiB */
	{ PCIE_MEM_ACCESS_OFFSET, 0 },
	{ PCIE_FW, PCIE_FW_ERR },
	{ PCIE_FW_PF_DEVLOG,
	  (CHELSIO_DEVLOG_ENTRIES / 128 - 1)
			  << PCIE_FW_PF_DEVLOG_NENTRIES128_SHIFT |
		  CHELSIO_DEVLOG_OFF >> 4 << PCIE_FW_PF_DEVLOG_ADDR16_SHIFT |
		  PCIE_FW_PF_DEVLOG_MEMTYPE_EDC0 },
	{ MA_EXT_MEMORY1_BAR, 0 },
	{ CIM_QUEUE_CONFIG_REF, 0 },
	{ CIM_HOST_ACC_CTRL, 0 },
	{ CIM_IBQ_DBG_CFG, 0 },
	{ CIM_OBQ_DBG_CFG, 0 },
	{ CIM_DEBUGCFG, 0 },
	{ TP_RSS_LKP_TABLE, 0 },
	{ TP_DBG_LA_CONFIG, 0 },
	{ SGE_EGRESS_QUEUES_PER_PAGE_PF, 0 },
	{ SGE_DBQ_CTXT_BADDR, BEYOND_MEMORY },
	{ SGE_IMSG_CTXT_BADDR, BEYOND_MEMORY },
	{ SGE_FLM_CFG, FLQ_SHIFT << HDRSTARTFLQ_SHIFT },
	{ SGE_CTXT_CMD, 0 },
	{ LE_DB_CONFIG, 0 }, /* no hash filters */
	{ LE_DB_DBGI_CONFIG, 0 },
	{ LE_DB_DBGI_RSP_STATUS, 1 }, /* valid */
};

/* The data register shows what the other selects, with these bits of it. */
static const struct {
	uint32_t select;
	uint32_t mask;
	uint32_t data;
} indirect[] = {
	{ CIM_HOST_ACC_CTRL, HOSTADDR_MASK, CIM_HOST_ACC_DATA },
	{ CIM_IBQ_DBG_CFG, 0x0fff0000, CIM_IBQ_DBG_DATA },
	{ CIM_OBQ_DBG_CFG, 0x0fff0000, CIM_OBQ_DBG_DATA },
	{ TP_PIO_ADDR, UINT32_MAX, TP_PIO_DATA },
	{ SGE_CTXT_CMD, ~SGE_CTXT_BUSY, SGE_CTXT_DATA0 },
	{ SGE_CTXT_CMD, ~SGE_CTXT_BUSY, SGE_CTXT_DATA0 + 4 },
	{ SGE_CTXT_CMD, ~SGE_CTXT_BUSY, SGE_CTXT_DATA0 + 8 },
	{ SGE_CTXT_CMD, ~SGE_CTXT_BUSY, SGE_CTXT_DATA0 + 12 },
	{ SGE_CTXT_CMD, ~SGE_CTXT_BUSY, SGE_CTXT_DATA0 + 16 },
	{ SGE_CTXT_CMD, ~SGE_CTXT_BUSY, SGE_CTXT_DATA0 + 20 },
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static uint32_t *reg(struct chelsio *adapter, uint32_t off)
{
	return &adapter->regs[off / 4];
}

static uint32_t word(const struct chelsio *adapter, uint32_t space, uint32_t i)
{
	return chelsio_word(adapter->config.seed, space, i);
}

uint32_t chelsio_mem_len(const struct chelsio_config *config)
{
	if (config->mc)
		return (2 * config->edc0 + config->mc) * CHELSIO_MIB;
	return (config->edc0 + config->edc1) * CHELSIO_MIB;
}

static void reset_memory_map(struct chelsio *adapter)
{
	const struct chelsio_config *config = &adapter->config;
	uint32_t payload = adapter->mem_len, page = CHELSIO_MIB;

	*reg(adapter, MA_TARGET_MEM_ENABLE) =
		EDRAM0_ENABLE | (config->edc1 ? EDRAM1_ENABLE : 0) |
		(config->mc ? EXT_MEM0_ENABLE : 0);
	*reg(adapter, MA_EDRAM0_BAR) = config->edc0;
	*reg(adapter, MA_EDRAM1_BAR) =
		config->edc0 << MA_BASE_SHIFT | config->edc1;
	*reg(adapter, MA_EXT_MEMORY0_BAR) =
		2 * config->edc0 << MA_BASE_SHIFT | config->mc;

	/* Left at 0 these would span all memory, and none would be dumped. */
	if (config->mc) {
		payload -= config->mc * (CHELSIO_MIB / 2);
		page = config->mc * (CHELSIO_MIB / 4 / PAYLOAD_PAGES);
	}
	*reg(adapter, TP_PMM_TX_BASE) = payload;
	*reg(adapter, TP_PMM_TX_PAGE_SIZE) = page;
	*reg(adapter, TP_PMM_TX_MAX_PAGE) = PAYLOAD_PAGES;
	*reg(adapter, TP_PMM_RX_BASE) = payload + PAYLOAD_PAGES * page;
	*reg(adapter, TP_PMM_RX_PAGE_SIZE) = page;
	*reg(adapter, TP_PMM_RX_MAX_PAGE) = PAYLOAD_PAGES;
}

static void chelsio_reset(struct proxy *dev)
{
	struct chelsio *adapter = (struct chelsio *)dev;

	for (uint32_t i = 0; i < CHELSIO_BAR0_LEN / 4; i++)
		adapter->regs[i] = word(adapter, SPACE_REGISTERS, i);
	for (size_t i = 0; i < ARRAY_SIZE(reset_values); i++)
		*reg(adapter, reset_values[i].reg) = reset_values[i].value;
	*reg(adapter, PL_WHOAMI) =
		PHYSICAL_FUNCTION
		<< (adapter->config.t6 ? T6_SOURCEPF_SHIFT : SOURCEPF_SHIFT);
	reset_memory_map(adapter);
	memset(&adapter->flash, 0, sizeof(adapter->flash));
	adapter->la_config = 0;
	proxy_config_put(dev, PCI_COMMAND, 0, 2);
	for (int bar = 0; bar < PROXY_BARS; bar++)
		proxy_config_put(dev, PCI_BASE_ADDRESS_0 + 4 * (uint32_t)bar, 0,
				 4);
}

/* The byte of adapter memory behind this one of BAR 0. */
static bool in_window(struct chelsio *adapter, uint32_t off, uint64_t *ret)
{
	uint32_t win = *reg(adapter, PCIE_MEM_ACCESS_BASE_WIN);
	uint32_t base = win & PCIEOFST_MASK;
	uint32_t shift = (win & WINDOW_MASK) + WINDOW_SHIFT;
	uint32_t pos = *reg(adapter, PCIE_MEM_ACCESS_OFFSET);

	if (shift > 19 || off < base || off - base >= 1U << shift)
		return false;
	*ret = (uint64_t)(pos & ~((1U << shift) - 1)) + (off - base);
	return true;
}

static uint32_t read_flash(struct chelsio *adapter)
{
	uint32_t n = adapter->flash.n_read++;

	if (adapter->flash.command == SF_RD_ID)
		return FLASH_ID;
	/* The first byte after the address is a dummy. */
	if (adapter->flash.command == SF_RD_DATA_FAST && n > 0)
		return word(adapter, SPACE_FLASH,
			    adapter->flash.addr / 4 + n - 1);
	return 0;
}

/* The command is in the low byte, an address in the others, high end first. */
static void write_flash_op(struct chelsio *adapter, uint32_t op)
{
	uint32_t data = *reg(adapter, SF_DATA);

	if (op && !(op & SF_OP_WRITE))
		return;
	adapter->flash.command = op ? (uint8_t)data : 0;
	adapter->flash.addr = bswap_32(data & ~0xffU);
	adapter->flash.n_read = 0;
}

static uint32_t read_pci_config(struct chelsio *adapter)
{
	uint32_t off = *reg(adapter, PCIE_CFG_SPACE_REQ) & 0xffc;

	if (off < PROXY_CONFIG_LEN)
		return proxy_config_get(&adapter->pci, off, 4);
	return word(adapter, SPACE_PCI, off);
}

static uint32_t read_cim_queue(struct chelsio *adapter)
{
	uint32_t queue =
		*reg(adapter, CIM_QUEUE_CONFIG_REF) & QUENUMSELECT_MASK;

	return CIM_QUEUE_UNITS << CIMQSIZE_SHIFT | queue * CIM_QUEUE_UNITS
							   << CIMQBASE_SHIFT;
}

static uint32_t read_indirect(struct chelsio *adapter, uint32_t off)
{
	for (size_t i = 0; i < ARRAY_SIZE(indirect); i++)
		if (indirect[i].data == off)
			return word(adapter, off,
				    *reg(adapter, indirect[i].select) &
					    indirect[i].mask);
	return *reg(adapter, off);
}

static uint32_t read_reg(struct chelsio *adapter, uint32_t off)
{
	uint32_t value = *reg(adapter, off);

	switch (off) {
	case SF_DATA:
		return read_flash(adapter);
	case PCIE_CFG_SPACE_DATA:
		return read_pci_config(adapter);
	case CIM_QUEUE_CONFIG_CTRL:
		return read_cim_queue(adapter);
	case CIM_HOST_ACC_DATA:
		if ((*reg(adapter, CIM_HOST_ACC_CTRL) & HOSTADDR_MASK) ==
		    UP_UP_DBG_LA_CFG)
			return adapter->la_config & ~UPDBGLARDEN;
		break;
	case TP_RSS_LKP_TABLE:
		return LKPTBLROWVLD | (word(adapter, SPACE_RSS, value) >> 12);
	case SGE_CTXT_CMD:
		return value & ~SGE_CTXT_BUSY;
	case LE_DB_DBGI_CONFIG:
		return value & ~DBGICMDBUSY;
	}
	return read_indirect(adapter, off);
}

static void write_reg(struct chelsio *adapter, uint32_t off, uint32_t value)
{
	switch (off) {
	case PL_WHOAMI:
	case PL_REV:
		return;
	case SF_OP:
		write_flash_op(adapter, value);
		break;
	case CIM_HOST_ACC_CTRL:
		if ((value & (HOSTWRITE | HOSTADDR_MASK)) ==
		    (HOSTWRITE | UP_UP_DBG_LA_CFG))
			adapter->la_config = *reg(adapter, CIM_HOST_ACC_DATA);
		break;
	}
	*reg(adapter, off) = value;
}

/* 32 bits at a multiple of 4; adapter memory that is not there is all-ones. */
static uint32_t read_word(struct chelsio *adapter, uint32_t off)
{
	uint32_t value = UINT32_MAX;
	uint64_t addr;

	if (off >= CHELSIO_BAR0_LEN)
		return value;
	if (!in_window(adapter, off, &addr))
		return read_reg(adapter, off);
	if (addr < adapter->mem_len)
		memcpy(&value, adapter->mem + addr, 4);
	return value;
}

static void write_word(struct chelsio *adapter, uint32_t off, uint32_t value)
{
	uint64_t addr;

	if (off >= CHELSIO_BAR0_LEN)
		return;
	if (!in_window(adapter, off, &addr))
		write_reg(adapter, off, value);
	else if (addr < adapter->mem_len)
		memcpy(adapter->mem + addr, &value, 4);
}

static uint64_t chelsio_read(struct proxy *dev, int bar, uint32_t off,
			     unsigned int len)
{
	struct chelsio *adapter = (struct chelsio *)dev;
	uint64_t value;

	if (bar != 0)
		return 0;
	value = read_word(adapter, off & ~3U) >> (8 * (off & 3));
	if (len == 8)
		value |= (uint64_t)read_word(adapter, (off & ~3U) + 4) << 32;
	if (len < 4)
		value &= (1U << (8 * len)) - 1;
	return value;
}

/* Registers are 32 bits wide: parts of one cannot be written. */
static void chelsio_write(struct proxy *dev, int bar, uint32_t off,
			  unsigned int len, uint64_t value)
{
	struct chelsio *adapter = (struct chelsio *)dev;

	if (bar != 0 || off % 4 || len < 4)
		return;
	write_word(adapter, off, (uint32_t)value);
	if (len == 8)
		write_word(adapter, off + 4, (uint32_t)(value >> 32));
}

static void chelsio_config_written(struct proxy *dev, uint32_t off)
{
	chelsio_vpd_written((struct chelsio *)dev, off);
}

static void init_config_space(struct chelsio *adapter)
{
	struct proxy *dev = &adapter->pci;
	uint32_t id = adapter->config.t6 ? CHELSIO_T6 : CHELSIO_T5;

	proxy_config_put(dev, PCI_VENDOR_ID, CHELSIO_VENDOR, 2);
	proxy_config_put(dev, PCI_DEVICE_ID, id, 2);
	proxy_config_put(dev, PCI_CLASS_DEVICE, 0x0200, 2); /* Ethernet */
	proxy_config_put(dev, PCI_SUBSYSTEM_VENDOR_ID, CHELSIO_VENDOR, 2);
	proxy_config_put(dev, PCI_SUBSYSTEM_ID, id, 2);
	proxy_config_put(dev, PCI_INTERRUPT_PIN, 1, 1);
	dev->writable[PCI_COMMAND] =
		PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	dev->writable[PCI_COMMAND + 1] =
		(PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE) >> 8;
	dev->writable[PCI_CACHE_LINE_SIZE] = 0xff;
	dev->writable[PCI_INTERRUPT_LINE] = 0xff;
	proxy_set_bar(dev, 0, CHELSIO_BAR0_LEN);
	proxy_set_bar(dev, 2, BAR2_LEN);
	proxy_set_bar(dev, 4, BAR4_LEN);
}

void chelsio_init(struct chelsio *adapter, const struct chelsio_config *config,
		  uint32_t *regs, uint8_t *mem)
{
	memset(adapter, 0, sizeof(*adapter));
	adapter->config = *config;
	adapter->regs = regs;
	adapter->mem = mem;
	adapter->mem_len = chelsio_mem_len(config);
	adapter->pci.read = chelsio_read;
	adapter->pci.write = chelsio_write;
	adapter->pci.reset = chelsio_reset;
	adapter->pci.config_written = chelsio_config_written;
	init_config_space(adapter);
	chelsio_vpd_init(adapter);
	chelsio_reset(&adapter->pci);
}
