// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In a scratch root.  init_module(2) is the real one, which refuses what the
 * compiler alone makes.  A helper beside the loader does to its child what a
 * kernel would do: the child stops where it opens oom_score_adj, a FIFO.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "capture/drivers.h"
#include "netstream/io.h"
#include "tests/module-object.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define SCORE "proc/self/oom_score_adj"
#define PANIC "proc/sys/kernel/panic_on_oops"
#define OOPSES "sys/kernel/oops_count"
#define RESULTS "run/barecap/drivers"
#define DEVICE "sys/bus/pci/devices/"

static struct config config;
static struct drivers drivers;

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static const char *get(const char *path)
{
	static char text[4096];
	char *p;

	text[0] = '\0';
	if (read_file(path, sizeof(text) - 1, &p, NULL) < 0)
		return NULL;
	strcpy(text, p);
	free(p);
	return text;
}

static void module(const char *name, const char *alias, const char *depends,
		   const char *symbol)
{
	char path[64], tag[2][64];
	const char *const info[] = { tag[0], tag[1], NULL };

	snprintf(path, sizeof(path), "lib/modules/%s.ko", name);
	snprintf(tag[0], sizeof(tag[0]), "depends=%s", depends);
	snprintf(tag[1], sizeof(tag[1]), "alias=%s", alias);
	module_object(path, info, symbol);
}

static void modules(void)
{
	static const char add[] = "vmcore_add_device_dump";

	module("here", "pci:v00001425d00005410sv*sd*bc02sc00i00", "lib-x", add);
	module("absent", "pci:v00001425d00005411sv*sd*bc*sc*i*", "", add);
	module("lib_x", "", "", "printk");
	module("nic", "pci:v00001425d00005410sv*sd*bc*sc*i*", "", "printk");
	module("generic", "of:N*", "", add);
	module("no-options", "", "", add);
	module("orphan", "", "nobody", add);
	put("lib/modules/broken.ko", "no module\n");
	put("lib/modules/modules.dep", "here.ko: lib_x.ko\n");
}

/* The machine before each test. */
static void machine(void)
{
	put("proc/vmcore", "12345678");
	put("proc/cmdline", "quiet generic.devices=1425:5410/0 ip=dhcp\n");
	put(PANIC, "1\n");
	put(OOPSES, "0\n");
	remove(SCORE);
	put(SCORE, "0\n");
	remove(RESULTS);
	config_free(&config);
	config_init(&config);
	config.device_dump_timeout = 20;
}

static int load(const char *conf)
{
	CHECK_INT(config_parse(&config, "test.conf", conf, strlen(conf)), 0);
	return drivers_load(&drivers, &config);
}

/* What this machine's kernel or container answers to such a module. */
static bool is_refusal(int err)
{
	return err == -ENOEXEC || err == -EPERM || err == -ENOSYS;
}

static void loads_nothing_without_a_vmcore(void)
{
	machine();
	remove("proc/vmcore");
	CHECK_INT(load("device_dumps here"), -ENOENT);
	CHECK_INT(drivers.n, 0);
	CHECK(!get(RESULTS));
	CHECK_STR(get(SCORE), "0\n");
}

static void off_is_off(void)
{
	machine();
	CHECK_INT(load("device_dumps off"), 0);
	CHECK_INT(drivers.n, 0);
	CHECK_STR(get(RESULTS), "");
	CHECK_STR(get(SCORE), "0\n");
	CHECK_STR(get(PANIC), "1\n");
}

static void an_image_without_modules_is_fine(void)
{
	machine();
	CHECK_INT(rename("lib/modules", "lib/other"), 0);
	CHECK_INT(load(""), 0);
	CHECK_INT(drivers.n, 0);
	CHECK_STR(get(RESULTS), "");
	CHECK_INT(load("device_dumps here"), 0);
	CHECK_INT(drivers.list[0].state, DRIVER_MISSING);
	CHECK_INT(rename("lib/other", "lib/modules"), 0);
}

static void auto_takes_what_has_a_device_or_options(void)
{
	machine();
	CHECK_INT(load(""), 0);
	CHECK_INT(drivers.n, 2);
	CHECK_STR(drivers.list[0].name, "generic");
	CHECK_STR(drivers.list[1].name, "here");
	for (size_t i = 0; i < drivers.n; i++) {
		CHECK_INT(drivers.list[i].state, DRIVER_FAILED);
		CHECK(is_refusal(drivers.list[i].err));
		CHECK_INT(drivers.list[i].bytes, 0);
	}
	CHECK_STR(get(SCORE), "1000");
	CHECK_STR(get(PANIC), "1\n");
}

static void names_are_taken_in_their_order(void)
{
	machine();
	CHECK_INT(load("device_dumps no_options nobody here no-options"), 0);
	CHECK_INT(drivers.n, 3);
	CHECK_STR(drivers.list[0].name, "no_options");
	CHECK_INT(drivers.list[0].state, DRIVER_FAILED);
	CHECK_STR(drivers.list[1].name, "nobody");
	CHECK_INT(drivers.list[1].state, DRIVER_MISSING);
	CHECK_STR(drivers.list[2].name, "here");
	CHECK_INT(drivers.list[2].state, DRIVER_FAILED);
}

static void extra_modules_come_first(void)
{
	machine();
	CHECK_INT(load("extra_modules nic lib_x"), 0);
	CHECK_INT(drivers.n, 4);
	CHECK_STR(drivers.list[0].name, "nic");
	CHECK(drivers.list[0].extra);
	CHECK_STR(drivers.list[1].name, "lib_x");
	CHECK_STR(drivers.list[2].name, "generic");
	CHECK(!drivers.list[2].extra);
	CHECK_STR(drivers.list[3].name, "here");
	machine();
	CHECK_INT(load("device_dumps off\nextra_modules nic"), 0);
	CHECK_INT(drivers.n, 1);
	CHECK_STR(drivers.list[0].name, "nic");
}

static void what_it_needs_is_missing_too(void)
{
	struct drivers again;

	machine();
	CHECK_INT(load("device_dumps orphan broken"), 0);
	CHECK_INT(drivers.n, 2);
	CHECK_INT(drivers.list[0].state, DRIVER_MISSING);
	CHECK_INT(drivers.list[0].err, 0);
	CHECK_INT(drivers.list[1].state, DRIVER_FAILED);
	CHECK_INT(drivers.list[1].err, -EBADMSG);
	CHECK_INT(drivers_read(&again, RESULTS), 0);
	CHECK_INT(again.n, 2);
	CHECK_MEM(again.list, drivers.list, 2 * sizeof(again.list[0]));
}

static pid_t parent_of(const char *pid)
{
	char path[64];
	const char *stat;
	int ppid = 0;

	snprintf(path, sizeof(path), "/proc/%.16s/stat", pid);
	stat = get(path);
	stat = stat ? strrchr(stat, ')') : NULL;
	if (stat)
		sscanf(stat, ") %*c %d", &ppid);
	return ppid;
}

/* The loader's child, beside this process; 0 when it is not there in 10 s. */
static pid_t find_child(void)
{
	for (int i = 0; i < 1000; i++) {
		const struct dirent *entry;
		DIR *d = opendir("/proc");
		pid_t pid = 0;

		while (!pid && (entry = readdir(d)))
			if (atoi(entry->d_name) != getpid() &&
			    parent_of(entry->d_name) == getppid())
				pid = atoi(entry->d_name);
		closedir(d);
		if (pid)
			return pid;
		usleep(10000);
	}
	return 0;
}

static pid_t helper_pid;

/* The child of the next load() hangs, and meets this; with 0 it is alone. */
static void meet(int (*helper)(pid_t child))
{
	CHECK_INT(remove(SCORE), 0);
	CHECK_INT(mkfifo(SCORE, 0600), 0);
	helper_pid = helper ? fork() : -1;
	if (helper_pid == 0) {
		pid_t child = find_child();

		_exit(child ? helper(child) : 99);
	}
}

static int helper_status(void)
{
	int status = -1;

	waitpid(helper_pid, &status, 0);
	return WEXITSTATUS(status);
}

static int look(pid_t child)
{
	usleep(100000);
	if (strcmp(get(RESULTS), "here loading 0 0 0\n"))
		return 1;
	if (strcmp(get(PANIC), "0\n"))
		return 2;
	return kill(child, 0) ? 3 : 0;
}

static void a_driver_that_hangs_is_killed(void)
{
	machine();
	config.device_dump_timeout = 1;
	config.deadline = 3;
	meet(look);
	CHECK_INT(load("device_dumps here generic"), 0);
	CHECK_INT(helper_status(), 0);
	CHECK_INT(drivers.n, 2);
	CHECK_INT(drivers.list[0].state, DRIVER_TIMEOUT);
	CHECK(drivers.list[0].ms >= 1000 && drivers.list[0].ms < 1900);
	CHECK_STR(get(PANIC), "1\n");
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
}

static void half_of_the_deadline_is_for_all_drivers(void)
{
	uint64_t start_ms = now_ms();

	machine();
	config.deadline = 1;
	meet(NULL);
	CHECK_INT(load("device_dumps here generic"), 0);
	CHECK(now_ms() - start_ms < 1400);
	CHECK_INT(drivers.n, 2);
	CHECK_INT(drivers.list[0].state, DRIVER_TIMEOUT);
	CHECK(drivers.list[0].ms >= 500);
	CHECK_INT(drivers.list[1].state, DRIVER_FAILED);
	CHECK_INT(drivers.list[1].err, -ETIME);
	CHECK(strstr(get(RESULTS), "\ngeneric failed "));
}

static int sigkill(pid_t child)
{
	return truncate("proc/vmcore", 8 + 4096) ? 1 : kill(child, SIGKILL);
}

static void a_death_by_signal_is_told_from_an_error(void)
{
	machine();
	meet(sigkill);
	CHECK_INT(load("device_dumps here"), 0);
	CHECK_INT(helper_status(), 0);
	CHECK_INT(drivers.list[0].state, DRIVER_KILLED);
	CHECK_INT(drivers.list[0].bytes, 4096);
	CHECK(drivers.list[0].ms < 15000);
}

static int oops(pid_t child)
{
	put(OOPSES, "1\n");
	return kill(child, SIGKILL);
}

static void an_oops_is_told_from_other_deaths(void)
{
	machine();
	meet(oops);
	CHECK_INT(load("device_dumps here"), 0);
	CHECK_INT(helper_status(), 0);
	CHECK_INT(drivers.list[0].state, DRIVER_OOPS);
	CHECK_STR(get(PANIC), "1\n");
}

/* It stays a zombie, and this process has to be told first. */
static int hold(pid_t child)
{
	if (ptrace(PTRACE_SEIZE, child, NULL, NULL) < 0)
		return 77;
	for (int i = 0; i < 200 && !strstr(get(RESULTS), "timeout"); i++)
		usleep(50000);
	return 0;
}

static void a_driver_that_cannot_be_killed_is_left_behind(void)
{
	int status;

	machine();
	config.device_dump_timeout = 1;
	meet(hold);
	CHECK_INT(load("device_dumps here"), 0);
	status = helper_status();
	CHECK(status == 0 || status == 77);
	CHECK_INT(drivers.list[0].state, DRIVER_TIMEOUT);
	if (status == 77) {
		printf("# no ptrace here\n");
		return;
	}
	CHECK(drivers.list[0].ms >= 2000);
	CHECK_STR(get(PANIC), "0\n"); /* it may oops later */
	CHECK(waitpid(-1, NULL, 0) > 0);
}

int main(void)
{
	static const char *const dirs[] = {
		"lib",
		"lib/modules",
		"proc",
		"proc/self",
		"proc/sys",
		"proc/sys/kernel",
		"sys",
		"sys/kernel",
		"sys/bus",
		"sys/bus/pci",
		DEVICE,
		DEVICE "0000:00:01.0",
		DEVICE "0000:00:02.0",
		"run",
		"run/barecap",
	};

	close(scratch_make());
	if (chdir(scratch) < 0)
		return 1;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		mkdir(dirs[i], 0700);
	put(DEVICE "0000:00:01.0/modalias",
	    "pci:v00008086d00001237sv00001AF4sd00001100bc06sc00i00\n");
	put(DEVICE "0000:00:02.0/modalias",
	    "pci:v00001425d00005410sv00001425sd00000000bc02sc00i00\n");
	modules();
	RUN(loads_nothing_without_a_vmcore);
	RUN(off_is_off);
	RUN(an_image_without_modules_is_fine);
	RUN(auto_takes_what_has_a_device_or_options);
	RUN(names_are_taken_in_their_order);
	RUN(extra_modules_come_first);
	RUN(what_it_needs_is_missing_too);
	RUN(a_driver_that_hangs_is_killed);
	RUN(half_of_the_deadline_is_for_all_drivers);
	RUN(a_death_by_signal_is_told_from_an_error);
	RUN(an_oops_is_told_from_other_deaths);
	RUN(a_driver_that_cannot_be_killed_is_left_behind);
	config_free(&config);
	return tap_done();
}
