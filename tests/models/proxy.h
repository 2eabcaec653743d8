/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PCI device of a QEMU guest that lives in this process: the other end of
 * QEMU's x-pci-proxy-dev.  Its private protocol is QEMU's
 * include/hw/remote/mpqemu-link.h, as hw/remote/proxy.c speaks it in 7.2 to
 * 10: native structs of the host on a stream socket, one message at a time.
 *
 * What it cannot do: 64-bit and prefetchable BARs (QEMU makes plain 32-bit
 * ones), DMA, interrupts, and more than 256 bytes of config space.
 */
#ifndef TESTS_MODELS_PROXY_H
#define TESTS_MODELS_PROXY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PROXY_CONFIG_LEN 256
#define PROXY_BARS 6

/* enum MPQemuCmd; of these, SYNC_SYSMEM and SET_IRQFD are not answered. */
enum proxy_command {
	PROXY_SYNC_SYSMEM, /* the guest's memory: 3 * 8 words, descriptors */
	PROXY_RET, /* the answer: 8 bytes */
	PROXY_CONFIG_WRITE,
	PROXY_CONFIG_READ,
	PROXY_BAR_WRITE,
	PROXY_BAR_READ,
	PROXY_SET_IRQFD, /* descriptors only */
	PROXY_RESET,
};

/* MPQemuMsg up to its data, which is len bytes. */
struct proxy_header {
	int32_t command;
	uint64_t len;
};

/* PciConfDataMsg */
struct proxy_config_data {
	uint32_t off;
	uint32_t value;
	int32_t len;
};

/* BarAccessMsg; the address is the guest's, not an offset into the BAR. */
struct proxy_bar_data {
	uint64_t addr;
	uint64_t value;
	uint32_t len;
	bool memory;
};

enum proxy_fault {
	PROXY_WELL,
	PROXY_DEAD, /* BARs read all-ones and take no write */
	PROXY_GONE, /* the same, and with the first such access also config */
};

struct proxy {
	uint64_t (*read)(struct proxy *dev, int bar, uint32_t off,
			 unsigned int len);
	void (*write)(struct proxy *dev, int bar, uint32_t off,
		      unsigned int len, uint64_t value);
	void (*reset)(struct proxy *dev);
	void (*config_written)(struct proxy *dev, uint32_t off);
	uint8_t config[PROXY_CONFIG_LEN];
	uint8_t writable[PROXY_CONFIG_LEN]; /* bits of it */
	enum proxy_fault fault;
	bool gone;
	unsigned int delay_us; /* of each access to a BAR */
	FILE *trace; /* a line for each access to a BAR, or NULL */
};

/* A power of two of 16 bytes or more; before the guest looks. */
void proxy_set_bar(struct proxy *dev, int bar, uint32_t len);

void proxy_config_put(struct proxy *dev, uint32_t off, uint32_t value,
		      unsigned int len);
uint32_t proxy_config_get(const struct proxy *dev, uint32_t off,
			  unsigned int len);

/* Answers until the other end is closed: 0, or -errno at the first error. */
int proxy_serve(struct proxy *dev, int fd);

#endif
