// SPDX-License-Identifier: GPL-2.0-or-later
/* Small things that main() is made of: exit statuses, clock, figures. */

#include <errno.h>

#include "capture/clock.h"
#include "capture/status.h"
#include "netstream/procfs.h"
#include "tests/tap.h"

static void statuses_are_those_of_the_page(void)
{
	CHECK_INT(exit_status(PART_CONFIG, 0), 0);
	CHECK_INT(exit_status(PART_VMCORE, 0), 0);
	CHECK_INT(exit_status(PART_TARGET, 0), 0);
	CHECK_INT(exit_status(PART_CONFIG, -EINVAL), 78);
	CHECK_INT(exit_status(PART_CONFIG, -ENOENT), 78);
	CHECK_INT(exit_status(PART_VMCORE, -EBADMSG), 65);
	CHECK_INT(exit_status(PART_VMCORE, -ENOENT), 66);
	CHECK_INT(exit_status(PART_VMCORE, -EACCES), 66);
	CHECK_INT(exit_status(PART_VMCORE, -EIO), 74);
	CHECK_INT(exit_status(PART_VMCORE, -ENOMEM), 75);
	CHECK_INT(exit_status(PART_TARGET, -EACCES), 69);
	CHECK_INT(exit_status(PART_TARGET, -ENOSPC), 69);
	CHECK_INT(exit_status(PART_TARGET, -EIO), 69);
	CHECK_INT(exit_status(PART_TARGET, -EBADMSG), 69);
	CHECK_INT(exit_status(PART_TARGET, -EINVAL), 78);
	CHECK_INT(exit_status(PART_TARGET, -ETIMEDOUT), 75);
	CHECK_INT(exit_status(PART_TARGET, -ENOMEM), 75);
}

static void the_clock_only_moves_forward(void)
{
	CHECK_INT(clock_target(100, 0, 0), 0);
	CHECK_INT(clock_target(100, 100, 100), 0);
	CHECK_INT(clock_target(100, 101, 0), 101);
	CHECK_INT(clock_target(100, 0, 101), 101);
	CHECK_INT(clock_target(0, 300, 200), 300);
	CHECK_INT(clock_target(0, 200, 300), 300);
}

static void finds_a_figure_by_its_whole_key(void)
{
	static const char text[] = "MemTotal:       16 kB\n"
				   "XMemFree:        1 kB\n"
				   "MemFree:         8 kB\n"
				   "MemAvailable:   12 kB";

	CHECK_INT(procfs_value(text, "MemTotal"), 16);
	CHECK_INT(procfs_value(text, "MemFree"), 8);
	CHECK_INT(procfs_value(text, "MemAvailable"), 12);
	CHECK_INT(procfs_value(text, "Mem"), 0);
	CHECK_INT(procfs_value("", "MemTotal"), 0);
	CHECK(meminfo_kb("MemTotal") > meminfo_kb("MemAvailable"));
	CHECK(peak_rss_kb() > 0);
}

int main(void)
{
	RUN(statuses_are_those_of_the_page);
	RUN(the_clock_only_moves_forward);
	RUN(finds_a_figure_by_its_whole_key);
	return tap_done();
}
