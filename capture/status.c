// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stddef.h>
#include <sysexits.h>

#include "capture/status.h"

/* The first row that fits counts; an err of 0 fits all. */
static const struct {
	enum part part;
	int err;
	int status;
} statuses[] = {
	{ PART_CONFIG, 0, EX_CONFIG },
	{ PART_VMCORE, EBADMSG, EX_DATAERR },
	{ PART_VMCORE, EIO, EX_IOERR },
	{ PART_VMCORE, ENOMEM, EX_TEMPFAIL },
	{ PART_VMCORE, 0, EX_NOINPUT },
	{ PART_TARGET, EINVAL, EX_CONFIG },
	{ PART_TARGET, ETIMEDOUT, EX_TEMPFAIL },
	{ PART_TARGET, ENOMEM, EX_TEMPFAIL },
	{ PART_TARGET, 0, EX_UNAVAILABLE },
};

int exit_status(enum part part, int err)
{
	if (err == 0)
		return EX_OK;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].part == part &&
		    (statuses[i].err == 0 || statuses[i].err == -err))
			return statuses[i].status;
	return EX_SOFTWARE;
}
