/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit statuses of vmcapture: an interface, see EXIT STATUS of its page. */
#ifndef CAPTURE_STATUS_H
#define CAPTURE_STATUS_H

/* What an error came from. */
enum part { PART_CONFIG, PART_VMCORE, PART_TARGET };

/* The sysexits.h number for 0 or -errno. */
int exit_status(enum part part, int err);

#endif
