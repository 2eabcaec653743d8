/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical function 4 of a Chelsio T5 or T6, as far as the device dump of the
 * kernel's cxgb4 driver goes: registers, adapter memory behind PCIe memory
 * window 0, the firmware's device log, VPD.  There is no firmware: PCIE_FW
 * says that it crashed, so the driver looks for itself and never waits.
 *
 * All content follows from the seed; another seed gives other content in
 * every word that the driver does not interpret.  Register names are those of
 * drivers/net/ethernet/chelsio/cxgb4/t4_regs.h.
 */
#ifndef TESTS_MODELS_CHELSIO_H
#define TESTS_MODELS_CHELSIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proxy.h"

#define CHELSIO_VENDOR 0x1425
#define CHELSIO_T5 0x5401 /* 4 in the third digit would be another function */
#define CHELSIO_T6 0x6401
#define CHELSIO_BAR0_LEN (512U << 10)
#define CHELSIO_MIB (1U << 20)

/* EDC0 begins with 256 bytes of nothing in particular, then the device log. */
#define CHELSIO_DEVLOG_OFF 0x100
#define CHELSIO_DEVLOG_ENTRIES 128
#define CHELSIO_DEVLOG_LEN (CHELSIO_DEVLOG_ENTRIES * 256)

#define CHELSIO_VPD_LEN 2048

struct chelsio_config {
	bool t6;
	uint32_t seed;
	uint32_t edc0, edc1, mc; /* MiB; EDC1 and MC may be absent */
};

struct chelsio {
	struct proxy pci;
	struct chelsio_config config;
	uint32_t *regs; /* BAR 0, CHELSIO_BAR0_LEN bytes */
	uint8_t *mem;
	uint32_t mem_len;
	struct {
		uint8_t command;
		uint32_t addr;
		uint32_t n_read; /* words since the command */
	} flash;
	uint32_t la_config; /* of the logic analyser in CIM */
	uint8_t vpd[CHELSIO_VPD_LEN];
};

/*
 * The driver counts on this layout (t4_memory_rw_init()): EDC0 at 0, EDC1 at
 * the size of EDC0, MC at twice that.  What is absent leaves a hole.
 */
uint32_t chelsio_mem_len(const struct chelsio_config *config);

/*
 * The memory for registers and adapter memory is the caller's.  Resets the
 * adapter, which sets the registers and leaves the adapter's memory alone.
 */
void chelsio_init(struct chelsio *adapter, const struct chelsio_config *config,
		  uint32_t *regs, uint8_t *mem);

/* content.c: a word of a seed's, any number of them in each space. */
uint32_t chelsio_word(uint32_t seed, uint32_t space, uint32_t i);
void chelsio_fill_memory(const struct chelsio_config *config, uint8_t *mem);

/* vpd.c */
void chelsio_vpd_init(struct chelsio *adapter);
void chelsio_vpd_written(struct chelsio *adapter, uint32_t off);

#endif
