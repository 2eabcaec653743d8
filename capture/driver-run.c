// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture/driver-options.h"
#include "capture/driver-run.h"
#include "capture/moddir.h"
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

/*
 * init_module(2) and not finit_module(2): that one leaves the stack of a task
 * that oopses in a list of the kernel's, where the next module finds it.
 */
static int load_module(const struct driver_run *run, const char *file)
{
	char options[DRIVER_OPTIONS_LEN];
	struct module module;
	int ret;

	ret = driver_options(run->config, run->cmdline, file,
			     moddir_name_len(file), options);
	if (ret < 0)
		return ret;
	ret = moddir_open(&module, file);
	if (ret < 0)
		return ret;
	if (syscall(SYS_init_module, module.file, module.len, options) < 0)
		ret = -errno;
	module_close(&module);
	return ret == -EEXIST ? 0 : ret;
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
	for (size_t i = 0; i < chain.n && !ret; i++) {
		ret = load_module(run, chain.file[i]);
		if (ret < 0 && i + 1 < chain.n)
			log_err("driver %s: needs %s: %s", name, chain.file[i],
				strerror(-ret));
	}
	return -ret;
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

/* Waits for the child; false when the time is over.  SIGCHLD is blocked. */
static bool ended(pid_t pid, int *status, uint64_t limit_ms)
{
	uint64_t end = now_ms() + limit_ms;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		struct timespec left;
		uint64_t now;

		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		now = now_ms();
		if (now >= end)
			return false;
		left.tv_sec = (time_t)((end - now) / 1000);
		left.tv_nsec = (long)((end - now) % 1000 * 1000000);
		sigtimedwait(&set, NULL, &left);
	}
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

	if (ended(pid, &status, limit_ms)) {
		judge(driver, status);
	} else {
		driver->state = DRIVER_TIMEOUT;
		kill(pid, SIGKILL);
		left_behind = !ended(pid, &status, DRIVER_GRACE_MS);
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
