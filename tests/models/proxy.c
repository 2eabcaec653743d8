// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "netstream/io.h"
#include "proxy.h"

/* The longest data of a message is that of PROXY_SYNC_SYSMEM. */
union proxy_data {
	uint64_t sysmem[3 * 8];
	struct proxy_config_data config;
	struct proxy_bar_data bar;
};

_Static_assert(sizeof(struct proxy_header) == 16, "as QEMU's");
_Static_assert(sizeof(struct proxy_config_data) == 12, "as QEMU's");
_Static_assert(sizeof(struct proxy_bar_data) == 24, "as QEMU's");

void proxy_config_put(struct proxy *dev, uint32_t off, uint32_t value,
		      unsigned int len)
{
	for (unsigned int i = 0; i < len; i++)
		dev->config[off + i] = (uint8_t)(value >> (8 * i));
}

uint32_t proxy_config_get(const struct proxy *dev, uint32_t off,
			  unsigned int len)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < len; i++)
		value |= (uint32_t)dev->config[off + i] << (8 * i);
	return value;
}

static uint32_t bar_register(int bar)
{
	return PCI_BASE_ADDRESS_0 + 4 * (uint32_t)bar;
}

/* The address bits that can be written are all that tells the size. */
void proxy_set_bar(struct proxy *dev, int bar, uint32_t len)
{
	for (unsigned int i = 0; i < 4; i++)
		dev->writable[bar_register(bar) + i] =
			(uint8_t)(~(len - 1) >> (8 * i));
}

static uint32_t bar_len(const struct proxy *dev, int bar)
{
	uint32_t mask = 0;

	for (unsigned int i = 0; i < 4; i++)
		mask |= (uint32_t)dev->writable[bar_register(bar) + i]
			<< (8 * i);
	return ~mask + 1;
}

/* The BAR that is at this address of the guest, or -1. */
static int find_bar(const struct proxy *dev, uint64_t addr, uint32_t *off)
{
	for (int bar = 0; bar < PROXY_BARS; bar++) {
		uint64_t base = proxy_config_get(dev, bar_register(bar), 4);

		if (addr >= base && addr - base < bar_len(dev, bar)) {
			*off = (uint32_t)(addr - base);
			return bar;
		}
	}
	return -1;
}

static uint64_t access_bar(struct proxy *dev, bool write,
			   const struct proxy_bar_data *data)
{
	uint64_t value = write ? data->value : UINT64_MAX;
	uint32_t off = 0;
	int bar = find_bar(dev, data->addr, &off);

	if (dev->delay_us)
		usleep(dev->delay_us);
	if (dev->fault == PROXY_GONE)
		dev->gone = true;
	if (bar >= 0 && dev->fault == PROXY_WELL) {
		if (write)
			dev->write(dev, bar, off, data->len, value);
		else
			value = dev->read(dev, bar, off, data->len);
	}
	if (dev->trace)
		fprintf(dev->trace,
			"%s %d:%05" PRIx32 "/%" PRIu32 " %" PRIx64 "\n",
			write ? "write" : "read", bar, off, data->len, value);
	return write ? 0 : value;
}

static uint32_t read_config(const struct proxy *dev,
			    const struct proxy_config_data *data)
{
	if (dev->gone)
		return UINT32_MAX;
	return proxy_config_get(dev, data->off, (unsigned int)data->len);
}

static void write_config(struct proxy *dev,
			 const struct proxy_config_data *data)
{
	if (dev->gone)
		return;
	for (uint32_t i = 0; i < (uint32_t)data->len; i++) {
		uint8_t *byte = &dev->config[data->off + i];
		uint8_t mask = dev->writable[data->off + i];
		uint8_t value = (uint8_t)(data->value >> (8 * i));

		*byte = (uint8_t)((*byte & ~mask) | (value & mask));
	}
	if (dev->config_written)
		dev->config_written(dev, data->off);
}

static int check(const struct proxy_header *header,
		 const union proxy_data *data)
{
	uint32_t len;

	switch (header->command) {
	case PROXY_CONFIG_READ:
	case PROXY_CONFIG_WRITE:
		len = (uint32_t)data->config.len;
		if (header->len != sizeof(data->config) || len < 1 || len > 4 ||
		    data->config.off > PROXY_CONFIG_LEN - len)
			return -EBADMSG;
		return 0;
	case PROXY_BAR_READ:
	case PROXY_BAR_WRITE:
		len = data->bar.len;
		if (header->len != sizeof(data->bar) ||
		    (len != 1 && len != 2 && len != 4 && len != 8))
			return -EBADMSG;
		return 0;
	case PROXY_SYNC_SYSMEM:
	case PROXY_SET_IRQFD:
	case PROXY_RESET:
		return 0;
	default:
		return -EBADMSG;
	}
}

static uint64_t handle(struct proxy *dev, int command,
		       const union proxy_data *data)
{
	switch (command) {
	case PROXY_CONFIG_READ:
		return read_config(dev, &data->config);
	case PROXY_CONFIG_WRITE:
		write_config(dev, &data->config);
		return 0;
	case PROXY_BAR_READ:
	case PROXY_BAR_WRITE:
		return access_bar(dev, command == PROXY_BAR_WRITE, &data->bar);
	case PROXY_RESET:
		dev->gone = false;
		dev->reset(dev);
		return 0;
	}
	return 0;
}

static int answer(int fd, uint64_t value)
{
	struct {
		struct proxy_header header;
		uint64_t value;
	} message = { .value = value };

	message.header.command = PROXY_RET;
	message.header.len = sizeof(value);
	return write_full(fd, &message, sizeof(message));
}

/* read(2) drops the descriptors that come with some: nothing here needs them. */
static int serve_one(struct proxy *dev, int fd)
{
	struct proxy_header header;
	union proxy_data data;
	uint64_t value;
	int ret;

	ret = read_full(fd, &header, sizeof(header));
	if (ret < 0)
		return ret;
	if (header.len > sizeof(data))
		return -EBADMSG;
	memset(&data, 0, sizeof(data));
	ret = read_full(fd, &data, header.len);
	if (!ret)
		ret = check(&header, &data);
	if (ret < 0)
		return ret;
	value = handle(dev, header.command, &data);
	if (header.command == PROXY_SYNC_SYSMEM ||
	    header.command == PROXY_SET_IRQFD)
		return 0;
	return answer(fd, value);
}

int proxy_serve(struct proxy *dev, int fd)
{
	int ret;

	do {
		ret = serve_one(dev, fd);
	} while (!ret);
	/* QEMU has ended, whatever it was in the middle of. */
	if (ret == -ENODATA || ret == -ECONNRESET || ret == -EPIPE)
		return 0;
	return ret;
}
