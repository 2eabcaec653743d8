// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/driver-run.h"
#include "capture/modload.h"
#include "netstream/child.h"
#include "netstream/io.h"
#include "netstream/log.h"

/* Exit statuses of the child below this are errnos. */
#define STATUS_MISSING 255
#define NICE_LOWEST 19

void driver_write(const char *path, const char *text)
{
	int fd, ret;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	ret = fd < 0 ? -errno : write_full(fd, text, strlen(text));
	if (fd >= 0)
		close(fd);
	if (ret < 0)
		log_warn("%s: %s", path, strerror(-ret));
}

static int child(const struct driver_run *run, const char *name)
{
	struct moddir_chain chain;
	int ret;

	close(STDIN_FILENO);
	/* The out of memory killer takes this process first. */
	driver_write("proc/self/oom_score_adj", "1000");
	setpriority(PRIO_PROCESS, 0, NICE_LOWEST);
	ret = moddir_chain(name, &chain);
	if (ret < 0)
		return ret == -ENOENT ? STATUS_MISSING : -ret;
	return -modload_chain(run->config, run->cmdline, &chain);
}

static uint64_t vmcore_size(void)
{
	struct stat st;

	/* Whoever opens it ends the time in which dumps are added. */
	return stat("proc/vmcore", &st) < 0 ? 0 : (uint64_t)st.st_size;
}

static uint64_t oops_count(void)
{
	char *text;
	uint64_t n;

	if (read_file("sys/kernel/oops_count", 64, &text, NULL) < 0)
		return 0;
	n = strtoull(text, NULL, 10);
	free(text);
	return n;
}

/* What the end of the child says. */
static void judge(struct driver *driver, int status)
{
	int code = WEXITSTATUS(status);

	if (!WIFEXITED(status)) {
		driver->state = DRIVER_KILLED;
	} else if (code == STATUS_MISSING) {
		driver->state = DRIVER_MISSING;
	} else if (code) {
		driver->state = DRIVER_FAILED;
		driver->err = -code;
	} else {
		driver->state = DRIVER_LOADED;
	}
}

static void report(const struct driver *driver, int status, bool left_behind)
{
	const char *name = driver->name;

	switch (driver->state) {
	case DRIVER_LOADED:
		if (driver->bytes)
			log_notice("driver %s: %" PRIu64 " bytes of dumps in"
				   " %" PRIu64 " ms",
				   name, driver->bytes, driver->ms);
		else if (driver->extra)
			log_notice("driver %s: loaded", name);
		else
			log_warn("driver %s: no device dump", name);
		break;
	case DRIVER_TIMEOUT:
		log_err("driver %s: no end after %" PRIu64 " ms: %s", name,
			driver->ms, left_behind ? "left behind" : "killed");
		break;
	case DRIVER_OOPS:
		log_err("driver %s: oops", name);
		break;
	case DRIVER_KILLED:
		log_err("driver %s: killed by signal %d", name,
			WTERMSIG(status));
		break;
	case DRIVER_MISSING:
		log_err("driver %s: missing", name);
		break;
	case DRIVER_FAILED:
	case DRIVER_LOADING:
		log_err("driver %s: %s", name, strerror(-driver->err));
		break;
	}
}

/* What the driver may change: looked at before there is a child. */
struct before {
	uint64_t ms;
	uint64_t size;
	uint64_t oopses;
};

/* Until the child ends or is given up. */
static void watch(struct driver_run *run, struct driver *driver,
		  const struct before *before, pid_t pid, uint64_t limit_ms)
{
	bool left_behind = false;
	int status = 0;

	if (child_ended(pid, &status, limit_ms)) {
		judge(driver, status);
	} else {
		driver->state = DRIVER_TIMEOUT;
		kill(pid, SIGKILL);
		left_behind = !child_ended(pid, &status, CHILD_GRACE_MS);
	}
	if (oops_count() != before->oopses) {
		driver->state = DRIVER_OOPS;
		driver->err = 0;
	}
	driver->ms = now_ms() - before->ms;
	if (vmcore_size() > before->size)
		driver->bytes = vmcore_size() - before->size;
	run->left_behind = run->left_behind || left_behind;
	report(driver, status, left_behind);
}

void driver_load(struct driver_run *run, struct driver *driver,
		 uint64_t limit_ms)
{
	struct before before = {
		.ms = now_ms(),
		.size = vmcore_size(),
		.oopses = oops_count(),
	};
	pid_t pid;

	log_info("driver %s: loading", driver->name);
	pid = fork();
	if (pid == 0)
		_exit(child(run, driver->name));
	if (pid > 0) {
		watch(run, driver, &before, pid, limit_ms);
		return;
	}
	driver->state = DRIVER_FAILED;
	driver->err = -errno;
	report(driver, 0, false);
}
