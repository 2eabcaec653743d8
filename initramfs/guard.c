// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guard: what init needs and a shell cannot do.
 *
 *	guard watch
 *		feeds the watchdog, see watch.h
 *	guard run [-l] [-s STALL] SECONDS COMMAND [ARGUMENT...]
 *		runs a command for so long at most, 0 = for ever, and no
 *		longer than STALL seconds without progress, then kills its process group, or
 *		with -l leaves it running; see run.h for the exit status
 *
 * ROOT in the environment goes before every path, for the tests of init.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "initramfs/run.h"
#include "initramfs/watch.h"
#include "netstream/log.h"

#define PROGRESS "/run/barecap/progress"
#define SECONDS_MAX (8UL * 24 * 60 * 60) /* more than any setting */

/* Digits and nothing else. */
static bool parse_seconds(const char *text, uint64_t *seconds)
{
	char *end;

	*seconds = strtoul(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end &&
	       *seconds <= SECONDS_MAX;
}

static int usage(void)
{
	log_err("usage: guard watch | guard run [-l] [-s STALL] SECONDS "
		"COMMAND [ARGUMENT...]");
	return EX_USAGE;
}

static int run(int argc, char **argv, const char *progress)
{
	uint64_t seconds, stall = 0;
	struct bound bound;
	bool leave = false;
	int option;

	while ((option = getopt(argc, argv, "+ls:")) != -1) {
		if (option == 'l')
			leave = true;
		else if (option != 's' || !parse_seconds(optarg, &stall))
			return usage();
	}
	if (argc - optind < 2 || !parse_seconds(argv[optind], &seconds))
		return usage();
	bound_start(&bound, seconds, stall, progress);
	return run_command(argv + optind + 1, &bound, leave);
}

int main(int argc, char **argv)
{
	const char *root = getenv("ROOT");
	char progress[256];

	log_init("guard");
	if (!root)
		root = "";
	snprintf(progress, sizeof(progress), "%s" PROGRESS, root);
	if (argc < 2)
		return usage();
	run_spare_me();
	if (!strcmp(argv[1], "run"))
		return run(argc - 1, argv + 1, progress);
	if (!strcmp(argv[1], "watch"))
		watch(root, progress);
	return usage();
}
