/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers that take device dumps: which ones, loaded one after the other,
 * each in a child with a time limit, and what became of each.
 *
 * All of it happens before /proc/vmcore is opened, in a run of vmcapture of
 * its own (--load-drivers), because a driver may bring the network interface
 * too.  The results go from that run to the one that sends by way of
 * DRIVERS_FILE, written anew before and after each driver, so that it is right
 * even if the machine gets no further.
 */
#ifndef CAPTURE_DRIVERS_H
#define CAPTURE_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "capture/config.h"
#include "capture/json.h"

#define DRIVERS_FILE "/run/barecap/drivers"
#define DRIVERS_MAX 64
/* MODULE_NAME_LEN of the kernel: 64 - sizeof(unsigned long). */
#define DRIVER_NAME_MAX 55

enum driver_state {
	DRIVER_LOADING, /* no answer yet: nobody waited for it to the end */
	DRIVER_LOADED,
	DRIVER_FAILED, /* the kernel said err */
	DRIVER_TIMEOUT, /* it hangs, and was left behind */
	DRIVER_OOPS,
	DRIVER_KILLED, /* out of memory, as a rule */
	DRIVER_MISSING, /* the image lacks it, or a module that it needs */
};

struct driver {
	char name[DRIVER_NAME_MAX + 1];
	enum driver_state state;
	int err; /* -errno of DRIVER_FAILED, else 0 */
	uint64_t ms; /* how long it took */
	uint64_t bytes; /* by which /proc/vmcore grew: its device dumps */
	bool extra; /* of extra_modules: nobody expects a dump of it */
};

struct drivers {
	struct driver list[DRIVERS_MAX];
	size_t n;
};

/* What can be the name of a module; '-' and '_' are the same in it. */
static inline bool is_driver_name(const char *name, size_t len)
{
	return len > 0 && len <= DRIVER_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_-") >= len;
}

/*
 * Loads what "extra_modules" of the configuration names, then what
 * "device_dumps" asks for.  A driver that fails costs only itself, so only what
 * concerns all of them is an error:
 * -ENOENT where there is no /proc/vmcore.  Logs that, and what became of each
 * driver.  All paths are below the working directory: /, but in tests.
 */
int drivers_load(struct drivers *drivers, const struct config *config);

/* The file: one line "NAME STATE ERRNO MS BYTES" per driver.  0 or -errno. */
int drivers_save(const struct drivers *drivers, const char *path);
/* 0, -ENOENT when nobody tried to load drivers, -EBADMSG and the like. */
int drivers_read(struct drivers *drivers, const char *path);

/* "drivers": an array of objects; the schema is in netstream(5). */
void drivers_write(const struct drivers *drivers, struct json *json);

#endif
