// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumppattern: prints what is in a device dump of kernel/dumptest, to compare
 * with what has arrived.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Word k of dump number index, little-endian; the last one is cut off. */
static int print_pattern(uint64_t size, uint64_t index)
{
	uint64_t i, word;

	for (i = 0; i < size; i++) {
		word = (i / 8 + 1) * 0x9e3779b97f4a7c15 + index;
		putchar(word >> i % 8 * 8 & 0xff);
	}
	return fflush(stdout) || ferror(stdout) ? -1 : 0;
}

int main(int argc, char **argv)
{
	char *end[2] = { "", "" };
	uint64_t size, index = 0;

	if (argc != 2 && argc != 3)
		goto usage;
	size = strtoull(argv[1], &end[0], 0);
	if (argc == 3)
		index = strtoull(argv[2], &end[1], 0);
	if (!argv[1][0] || *end[0] || *end[1])
		goto usage;
	if (print_pattern(size, index) < 0) {
		perror("dumppattern");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
usage:
	fprintf(stderr, "usage: dumppattern SIZE [INDEX]\n");
	return 64;
}
