// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scan VMCORE [LEVEL] -- the page filter alone
 *
 * Prints the pages by class, and how long one pass over the struct pages
 * took: 64 bytes each on x86_64.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "capture/arch.h"
#include "capture/filter.h"
#include "capture/memory.h"
#include "capture/vmcore.h"
#include "capture/vmcoreinfo.h"

#define PAGE_STRUCT_LEN 64

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void report(const struct filter *filter, const struct memory *memory,
		   double wall, double cpu)
{
	const struct filter_stats *stats = filter_stats(filter);
	struct rusage usage;

	for (int i = 0; i < PAGE_CLASSES; i++)
		printf("%s %" PRIu64 "\n", page_class_names[i],
		       stats->pages[i]);
	if (filter_why(filter))
		printf("nothing classified: %s\n", filter_why(filter));
	getrusage(RUSAGE_SELF, &usage);
	printf("%.3f s wall, %.3f s CPU, %.2f GB/s of struct pages per CPU "
	       "second, peak RSS %.1f MiB\n",
	       wall, cpu, memory->n_pages * PAGE_STRUCT_LEN / 1e9 / cpu,
	       usage.ru_maxrss / 1024.0);
}

static int scan(struct memory *memory, const struct vmcoreinfo *info,
		unsigned int level)
{
	uint8_t bits[FILTER_WINDOW_LEN];
	struct filter *filter;
	double wall, cpu;
	int ret = filter_new(&filter, memory, info, level);

	if (ret)
		return ret;
	wall = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	while (filter_next(filter, bits))
		;
	report(filter, memory, seconds(CLOCK_MONOTONIC) - wall,
	       seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	filter_free(filter);
	return 0;
}

int main(int argc, char **argv)
{
	struct vmcoreinfo info;
	struct memory memory;
	struct vmcore core;
	int ret;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: scan VMCORE [LEVEL]\n");
		return 64;
	}
	ret = vmcore_open(&core, argv[1]);
	if (ret)
		return 1;
	ret = vmcoreinfo_load(&info, &core);
	if (!ret) {
		ret = memory_init(&memory, &core, arch_page_shift(&info));
		if (!ret) {
			ret = scan(&memory, &info,
				   argc > 2 ? atoi(argv[2]) : FILTER_LEVEL_MAX);
			memory_free(&memory);
		}
		vmcoreinfo_free(&info);
	}
	vmcore_close(&core);
	return ret ? 1 : 0;
}
