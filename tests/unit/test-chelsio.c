// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/models/chelsio.o tests/models/content.o tests/models/vpd.o
// objects: tests/models/proxy.o
/*
 * The model of an adapter as QEMU sees it: a thread serves a socket, the test
 * says on it what QEMU would say.
 */

#include <endian.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netstream/io.h"
#include "tests/models/chelsio-regs.h"
#include "tests/models/chelsio.h"
#include "tests/tap.h"

#define BAR0 0xfe000000ULL
#define BAR2 0xfd000000ULL
#define WINDOW (BAR0 + 0x1b800)

static struct chelsio adapter;
static uint32_t regs[CHELSIO_BAR0_LEN / 4];
static uint8_t mem[4 * CHELSIO_MIB];
static pthread_t thread;
static int qemu, served; /* the ends of the socket */
static int result; /* of proxy_serve() */

static void *serve(void *arg)
{
	(void)arg;
	result = proxy_serve(&adapter.pci, served);
	shutdown(served, SHUT_RDWR);
	return NULL;
}

static void say(int command, const void *data, uint64_t len)
{
	struct proxy_header header = { .command = command, .len = len };

	CHECK_INT(write_full(qemu, &header, sizeof(header)), 0);
	CHECK_INT(write_full(qemu, data, len), 0);
}

static uint64_t ask(int command, const void *data, uint64_t len)
{
	struct proxy_header header = { 0 };
	uint64_t value = 0;

	say(command, data, len);
	CHECK_INT(read_full(qemu, &header, sizeof(header)), 0);
	CHECK_INT(header.command, PROXY_RET);
	CHECK_INT(header.len, 8);
	CHECK_INT(read_full(qemu, &value, sizeof(value)), 0);
	return value;
}

static uint64_t config_read(uint32_t off, int len)
{
	struct proxy_config_data data = { .off = off, .len = len };

	return ask(PROXY_CONFIG_READ, &data, sizeof(data));
}

static void config_write(uint32_t off, uint32_t value, int len)
{
	struct proxy_config_data data = { off, value, len };

	CHECK_INT(ask(PROXY_CONFIG_WRITE, &data, sizeof(data)), 0);
}

static uint64_t bar_read(uint64_t addr, uint32_t len)
{
	struct proxy_bar_data data = { addr, 0, len, true };

	return ask(PROXY_BAR_READ, &data, sizeof(data));
}

static void bar_write(uint64_t addr, uint64_t value, uint32_t len)
{
	struct proxy_bar_data data = { addr, value, len, true };

	CHECK_INT(ask(PROXY_BAR_WRITE, &data, sizeof(data)), 0);
}

static void start(bool t6, uint32_t seed, uint32_t mc)
{
	struct chelsio_config config = { t6, seed, 1, 1, mc };
	int fds[2];

	chelsio_fill_memory(&config, mem);
	chelsio_init(&adapter, &config, regs, mem);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	qemu = fds[0];
	served = fds[1];
	CHECK_INT(pthread_create(&thread, NULL, serve, NULL), 0);
	config_write(PCI_BASE_ADDRESS_0, BAR0, 4);
	config_write(PCI_BASE_ADDRESS_2, BAR2, 4);
}

static void stop(int want)
{
	shutdown(qemu, SHUT_WR);
	CHECK_INT(pthread_join(thread, NULL), 0);
	CHECK_INT(result, want);
	close(qemu);
	close(served);
}

static void says_who_it_is(void)
{
	start(false, 1, 0);
	CHECK_INT(config_read(PCI_VENDOR_ID, 4), 0x54011425);
	CHECK_INT(config_read(PCI_CLASS_DEVICE, 2), 0x0200);
	CHECK_INT(bar_read(BAR0 + PL_WHOAMI, 4) >> 8 & 7, 4);
	bar_write(BAR0 + PL_WHOAMI, 0, 4);
	CHECK_INT(bar_read(BAR0 + PL_WHOAMI, 4), 0x400);
	stop(0);
	start(true, 1, 0);
	CHECK_INT(config_read(PCI_DEVICE_ID, 2), 0x6401);
	CHECK_INT(bar_read(BAR0 + PL_WHOAMI, 4), 0x800);
	stop(0);
}

/* As probe_pci_info() of QEMU does: all-ones, read, restore. */
static void tells_the_sizes_of_its_bars(void)
{
	static const uint32_t want[] = { 512 << 10, 0, 64 << 10, 0,
					 8 << 10,   0, 0 };

	start(false, 1, 0);
	for (uint32_t i = 0; i < 7; i++) {
		uint32_t off = PCI_BASE_ADDRESS_0 + 4 * i;
		uint64_t before = config_read(off, 4);

		config_write(off, UINT32_MAX, 4);
		CHECK_INT((uint32_t)(~config_read(off, 4) + 1), want[i]);
		config_write(off, (uint32_t)before, 4);
		CHECK_INT(config_read(off, 4), before);
	}
	config_write(PCI_VENDOR_ID, 0, 4);
	CHECK_INT(config_read(PCI_VENDOR_ID, 2), CHELSIO_VENDOR);
	stop(0);
}

static void finds_registers_where_the_bar_is(void)
{
	start(false, 1, 0);
	config_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
	CHECK_INT(bar_read(0xc0000000 + PL_REV, 4), 1);
	CHECK_INT(bar_read(0xc0000000 + PL_REV, 2), 1);
	CHECK_INT(bar_read(0xc0000000 + PL_WHOAMI + 1, 1), 4);
	CHECK_INT(bar_read(BAR0 + PL_REV, 4), -1);
	CHECK_INT(bar_read(BAR2, 4), 0);
	stop(0);
}

/* Only these two are not answered, and their descriptors are not kept. */
static void takes_descriptors_without_an_answer(void)
{
	struct proxy_header header = { .command = PROXY_SET_IRQFD };
	char control[CMSG_SPACE(2 * sizeof(int))] = { 0 };
	struct iovec iov = { &header, sizeof(header) };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
	uint64_t sysmem[24] = { 0 };
	char byte;
	int fds[2];

	start(false, 1, 0);
	CHECK_INT(pipe(fds), 0);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(cmsg), fds, sizeof(fds));
	CHECK_INT(sendmsg(qemu, &message, 0), sizeof(header));
	say(PROXY_SYNC_SYSMEM, sysmem, sizeof(sysmem));
	CHECK_INT(config_read(PCI_VENDOR_ID, 2), CHELSIO_VENDOR);
	close(fds[1]);
	CHECK_INT(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	stop(0);
}

static void shows_memory_through_the_window(void)
{
	static const char mark[] = "MARKMARK";
	uint64_t want;

	start(false, 1, 1);
	CHECK_INT(bar_read(BAR0 + PCIE_MEM_ACCESS_BASE_WIN, 4), 0x1b801);
	for (uint32_t pos = 0; pos < 3 * CHELSIO_MIB; pos += 0x7f800) {
		/* The low bits are the function's number. */
		bar_write(BAR0 + PCIE_MEM_ACCESS_OFFSET, pos | 4, 4);
		for (uint32_t off = 0; off < 2048; off += 680) {
			memcpy(&want, mem + pos + off, 8);
			CHECK_INT(bar_read(WINDOW + off, 8), want);
			CHECK_INT(bar_read(WINDOW + off, 4), (uint32_t)want);
			CHECK_INT(bar_read(WINDOW + off + 1, 1),
				  want >> 8 & 0xff);
		}
	}
	bar_write(BAR0 + PCIE_MEM_ACCESS_OFFSET, 0x100800, 4);
	memcpy(&want, mark, 8);
	bar_write(WINDOW + 0x40, want, 8);
	bar_write(WINDOW + 0x7fc, want, 4);
	CHECK_MEM(mem + 0x100840, mark, 8);
	CHECK_MEM(mem + 0x100ffc, mark, 4);
	bar_write(BAR0 + PCIE_MEM_ACCESS_OFFSET, 3 * CHELSIO_MIB, 4);
	CHECK_INT(bar_read(WINDOW, 8), -1);
	bar_write(WINDOW, 0, 8);
	bar_write(BAR0 + PCIE_MEM_ACCESS_OFFSET, 0xfffff800, 4);
	CHECK_INT(bar_read(WINDOW + 0x7f8, 8), -1);
	stop(0);
}

static void says_where_its_memories_are(void)
{
	start(false, 1, 2);
	CHECK_INT(adapter.mem_len, 4 * CHELSIO_MIB);
	CHECK_INT(bar_read(BAR0 + MA_TARGET_MEM_ENABLE, 4), 7);
	CHECK_INT(bar_read(BAR0 + MA_EDRAM0_BAR, 4), 0x00000001);
	CHECK_INT(bar_read(BAR0 + MA_EDRAM1_BAR, 4), 0x00010001);
	CHECK_INT(bar_read(BAR0 + MA_EXT_MEMORY0_BAR, 4), 0x00020002);
	/* Payload is the last half of MC. */
	CHECK_INT(bar_read(BAR0 + TP_PMM_TX_BASE, 4), 3 << 20);
	CHECK_INT(bar_read(BAR0 + TP_PMM_TX_PAGE_SIZE, 4) *
			  bar_read(BAR0 + TP_PMM_TX_MAX_PAGE, 4),
		  1 << 19);
	CHECK_INT(bar_read(BAR0 + TP_PMM_RX_BASE, 4), 7 << 19);
	stop(0);
	start(true, 1, 0);
	CHECK_INT(adapter.mem_len, 2 * CHELSIO_MIB);
	CHECK_INT(bar_read(BAR0 + MA_TARGET_MEM_ENABLE, 4), 3);
	CHECK(bar_read(BAR0 + TP_PMM_TX_BASE, 4) >= 2 * CHELSIO_MIB);
	stop(0);
}

/* A ring: entries count up, but for one step back from the newest. */
static void has_a_log_of_its_firmware(void)
{
	uint32_t before = 0, seqno, steps = 0;
	const uint8_t *entry;

	start(false, 1, 0);
	/* Entries / 128 - 1, address / 16, EDC0 */
	CHECK_INT(bar_read(BAR0 + PCIE_FW_PF_DEVLOG, 4), 0x10 << 4);
	entry = mem + 0x100;
	for (uint32_t i = 0; i < 128; i++, entry += 256, before = seqno) {
		memcpy(&seqno, entry + 8, 4);
		seqno = be32toh(seqno);
		CHECK_INT(seqno % 128, i);
		if (i > 0 && seqno != before + 1) {
			CHECK_INT(seqno, before - 127);
			steps++;
		}
		CHECK(entry[14] <= 5);
		CHECK(entry[15] <= 0x34);
		CHECK(strlen((const char *)entry + 16) < 192);
	}
	CHECK_INT(steps, 1);
	stop(0);
}

/* All registers come back, what the guest wrote to memory stays. */
static void reset_leaves_memory_alone(void)
{
	static uint32_t before[CHELSIO_BAR0_LEN / 4];

	start(false, 1, 0);
	memcpy(before, regs, sizeof(before));
	bar_write(WINDOW, 0x12345678, 4);
	bar_write(BAR0 + PCIE_MEM_ACCESS_OFFSET, 0x1000, 4);
	bar_write(BAR0 + 0x1000, ~before[0x1000 / 4], 4);
	CHECK(memcmp(before, regs, sizeof(before)) != 0);
	CHECK_INT(ask(PROXY_RESET, NULL, 0), 0);
	CHECK_INT(config_read(PCI_BASE_ADDRESS_0, 4), 0);
	CHECK_MEM(regs, before, sizeof(before));
	CHECK_MEM(mem, "\x78\x56\x34\x12", 4);
	stop(0);
}

/* The driver's order: command, operation, data; 0 lets go of the flash. */
static void names_its_flash(void)
{
	start(false, 1, 0);
	bar_write(BAR0 + SF_DATA, 0x9f, 4);
	bar_write(BAR0 + SF_OP, 1 << 3 | 1, 4);
	bar_write(BAR0 + SF_OP, 1 << 4 | 2 << 1, 4);
	CHECK_INT(bar_read(BAR0 + SF_OP, 4) >> 31, 0);
	CHECK_INT(bar_read(BAR0 + SF_DATA, 4), 0x16ba20);
	bar_write(BAR0 + SF_OP, 0, 4);
	CHECK_INT(bar_read(BAR0 + SF_DATA, 4), 0);
	stop(0);
}

static void is_never_busy(void)
{
	start(false, 1, 0);
	bar_write(BAR0 + SGE_CTXT_CMD, UINT32_MAX, 4);
	CHECK_INT(bar_read(BAR0 + SGE_CTXT_CMD, 4), 0x7fffffff);
	bar_write(BAR0 + LE_DB_DBGI_CONFIG, 0xc, 4);
	CHECK_INT(bar_read(BAR0 + LE_DB_DBGI_CONFIG, 4), 4);
	bar_write(BAR0 + TP_RSS_LKP_TABLE, 0xfff00001, 4);
	CHECK_INT(bar_read(BAR0 + TP_RSS_LKP_TABLE, 4) >> 20, 0x800);
	/* The logic analyser: a value comes back without the read bit. */
	bar_write(BAR0 + CIM_HOST_ACC_DATA, 0x107, 4);
	bar_write(BAR0 + CIM_HOST_ACC_CTRL, HOSTWRITE | 0x140, 4);
	bar_write(BAR0 + CIM_HOST_ACC_CTRL, 0x140, 4);
	CHECK_INT(bar_read(BAR0 + CIM_HOST_ACC_DATA, 4), 0x105);
	stop(0);
}

static void selects_what_is_indirect(void)
{
	uint64_t first, second;

	start(false, 1, 0);
	bar_write(BAR0 + TP_PIO_ADDR, 1, 4);
	first = bar_read(BAR0 + TP_PIO_DATA, 4);
	bar_write(BAR0 + TP_PIO_ADDR, 2, 4);
	second = bar_read(BAR0 + TP_PIO_DATA, 4);
	CHECK(first != second);
	bar_write(BAR0 + TP_PIO_ADDR, 1, 4);
	CHECK_INT(bar_read(BAR0 + TP_PIO_DATA, 4), first);
	bar_write(BAR0 + PCIE_CFG_SPACE_REQ, 1U << 30, 4);
	CHECK_INT(bar_read(BAR0 + PCIE_CFG_SPACE_DATA, 4), 0x54011425);
	stop(0);
}

static void has_vital_product_data(void)
{
	uint8_t vpd[1024], sum = 0;
	uint32_t cap, data, off;

	start(false, 1, 0);
	CHECK(config_read(PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
	cap = (uint32_t)config_read(PCI_CAPABILITY_LIST, 1);
	CHECK_INT(config_read(cap, 2), PCI_CAP_ID_VPD);
	for (uint32_t i = 0; i < sizeof(vpd); i += 4) {
		config_write(cap + PCI_VPD_ADDR, 0x400 + i, 2);
		CHECK_INT(config_read(cap + PCI_VPD_ADDR, 2), 0x8400 + i);
		data = (uint32_t)config_read(cap + PCI_VPD_DATA, 4);
		memcpy(vpd + i, &data, 4);
	}
	CHECK_INT(vpd[0], 0x82);
	CHECK_MEM(vpd + 3, "Model of a T5   ", 16);
	CHECK_MEM(vpd + 0xc7, "17", 2);
	CHECK_INT(vpd[19], 0x90);
	CHECK_INT(vpd[22 + 0x100], 0x78);
	for (off = 22; off < 22 + 0x100; off += 3U + vpd[off + 2])
		if (!memcmp(vpd + off, "RV", 2))
			break;
	CHECK_MEM(vpd + off, "RV", 2);
	CHECK_INT(off + 3 + vpd[off + 2], 22 + 0x100);
	for (uint32_t i = 0; i < off + 4; i++)
		sum = (uint8_t)(sum + vpd[i]);
	CHECK_INT(sum, 0);
	config_write(cap + PCI_VPD_ADDR, 0x7ffc, 2);
	CHECK_INT(config_read(cap + PCI_VPD_DATA, 4), UINT32_MAX);
	stop(0);
}

static void dead_means_all_ones(void)
{
	start(false, 1, 0);
	adapter.pci.fault = PROXY_DEAD;
	CHECK_INT(bar_read(BAR0 + PL_REV, 4), -1);
	bar_write(BAR0 + 0x1000, ~regs[0x1000 / 4], 4);
	adapter.pci.fault = PROXY_WELL;
	CHECK_INT(bar_read(BAR0 + 0x1000, 4), chelsio_word(1, 1, 0x1000 / 4));
	adapter.pci.fault = PROXY_GONE;
	CHECK_INT(config_read(PCI_VENDOR_ID, 2), CHELSIO_VENDOR);
	CHECK_INT(bar_read(BAR0 + PL_REV, 4), -1);
	CHECK_INT(config_read(PCI_VENDOR_ID, 4), UINT32_MAX);
	config_write(PCI_BASE_ADDRESS_0, 0, 4);
	CHECK_INT(ask(PROXY_RESET, NULL, 0), 0);
	CHECK_INT(config_read(PCI_VENDOR_ID, 2), CHELSIO_VENDOR);
	stop(0);
}

/* Of two adapters, hardly a word is the same. */
static void seeds_differ(void)
{
	static uint8_t other[4 * CHELSIO_MIB];
	static uint32_t other_regs[CHELSIO_BAR0_LEN / 4];
	static struct chelsio neighbour;
	struct chelsio_config config = { true, 2, 1, 1, 0 };
	int same_mem = 0, same_regs = 0;

	start(false, 1, 0);
	chelsio_fill_memory(&config, other);
	chelsio_init(&neighbour, &config, other_regs, other);
	for (size_t i = 0x8100; i < 2 * CHELSIO_MIB; i += 4)
		same_mem += !memcmp(mem + i, other + i, 4);
	for (size_t i = 0; i < CHELSIO_BAR0_LEN / 4; i++)
		same_regs += regs[i] == other_regs[i];
	CHECK(same_mem < 10);
	CHECK(same_regs < 60);
	CHECK(memcmp(mem + 0x100, other + 0x100, 0x8000) != 0);
	CHECK(memcmp(adapter.vpd, neighbour.vpd, sizeof(adapter.vpd)) != 0);
	stop(0);
}

static void malformed(int command, const void *data, uint64_t len)
{
	char byte;

	start(false, 1, 0);
	say(command, data, len);
	CHECK_INT(read(qemu, &byte, 1), 0);
	stop(-EBADMSG);
}

static void refuses_what_qemu_never_says(void)
{
	struct proxy_config_data config = { 253, 0, 4 };
	struct proxy_bar_data bar = { BAR0, 0, 3, true };
	uint64_t words[25] = { 0 };

	malformed(PROXY_SYNC_SYSMEM, words, sizeof(words));
	malformed(PROXY_CONFIG_READ, &config, sizeof(config));
	malformed(PROXY_CONFIG_WRITE, &config, sizeof(config));
	config = (struct proxy_config_data){ UINT32_MAX, 0, 1 };
	malformed(PROXY_CONFIG_WRITE, &config, sizeof(config));
	config = (struct proxy_config_data){ 0, 0, -1 };
	malformed(PROXY_CONFIG_WRITE, &config, sizeof(config));
	config.len = 0;
	malformed(PROXY_CONFIG_READ, &config, sizeof(config));
	config.len = 4;
	malformed(PROXY_CONFIG_READ, &config, sizeof(config) - 4);
	malformed(PROXY_BAR_READ, &bar, sizeof(bar));
	bar.len = 4;
	malformed(PROXY_BAR_READ, &bar, sizeof(bar) - 8);
	malformed(PROXY_RET, words, 8);
	malformed(99, words, 8);
}

/* Accesses of 8 bytes at the very end of BAR 0 stay inside. */
static void ends_where_its_bar_ends(void)
{
	start(false, 1, 0);
	CHECK_INT(bar_read(BAR0 + CHELSIO_BAR0_LEN - 4, 8) >> 32, UINT32_MAX);
	bar_write(BAR0 + CHELSIO_BAR0_LEN - 4, 0, 8);
	CHECK_INT(regs[CHELSIO_BAR0_LEN / 4 - 1], 0);
	CHECK_INT(bar_read(BAR0 + CHELSIO_BAR0_LEN, 4), -1);
	stop(0);
}

int main(void)
{
	RUN(says_who_it_is);
	RUN(tells_the_sizes_of_its_bars);
	RUN(finds_registers_where_the_bar_is);
	RUN(takes_descriptors_without_an_answer);
	RUN(shows_memory_through_the_window);
	RUN(says_where_its_memories_are);
	RUN(has_a_log_of_its_firmware);
	RUN(reset_leaves_memory_alone);
	RUN(names_its_flash);
	RUN(is_never_busy);
	RUN(selects_what_is_indirect);
	RUN(has_vital_product_data);
	RUN(dead_means_all_ones);
	RUN(seeds_differ);
	RUN(refuses_what_qemu_never_says);
	RUN(ends_where_its_bar_ends);
	return tap_done();
}
