// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pci-poke DEVICE BAR OFFSET=WORD...
 *
 * Writes 32-bit words into a memory BAR of a PCI device, in this order, as a
 * driver of the system kernel would.  Numbers are as strtoul() takes them;
 * DEVICE is an address such as 0000:00:10.0.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSFS "/sys/bus/pci/devices/"

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static void poke(volatile uint32_t *bar, uint64_t len, const char *arg)
{
	unsigned long off, word;
	char *end;

	off = strtoul(arg, &end, 0);
	if (*end != '=' || off % 4 || off >= len) {
		fprintf(stderr, "pci-poke: %s: not OFFSET=WORD\n", arg);
		exit(64);
	}
	word = strtoul(end + 1, NULL, 0);
	bar[off / 4] = (uint32_t)word;
}

int main(int argc, char **argv)
{
	char path[128];
	struct stat st;
	void *bar;
	int fd;

	if (argc < 4) {
		fprintf(stderr, "usage: pci-poke DEVICE BAR OFFSET=WORD...\n");
		return 64;
	}
	/* Memory decoding may be off without a driver. */
	snprintf(path, sizeof(path), SYSFS "%s/enable", argv[1]);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		die(path);
	close(fd);

	snprintf(path, sizeof(path), SYSFS "%s/resource%s", argv[1], argv[2]);
	fd = open(path, O_RDWR);
	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	bar = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   fd, 0);
	if (bar == MAP_FAILED)
		die(path);
	for (int i = 3; i < argc; i++)
		poke(bar, (uint64_t)st.st_size, argv[i]);
	printf("pci-poke: %d words written\n", argc - 3);
	return 0;
}
