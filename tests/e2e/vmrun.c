// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmrun [-p] [-l LOG] [-s SUMMARY] [-t SECONDS] -- QEMU [ARGUMENT...]
 *
 * Runs QEMU, whose standard output is the guest's console, and writes down
 * when each line came and which stage of a crash it belongs to.  Times are
 * pairs, wall seconds and CPU seconds of the QEMU process: the latter hardly
 * depend on what else the machine does.
 *
 * The summary has a line NAME=WALL/CPU per stage, relative to the panic (to
 * QEMU's start as long as nothing has panicked), power-on= for QEMU's start
 * itself, and exit=STATUS, where STATUS is QEMU's exit status, "signal N", or
 * "timeout".  Exits with 0 when QEMU did, 1 when it did not, 2 when it ran out
 * of time, 64 or 71 otherwise.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_LEN 4096
#define DEFAULT_TIMEOUT 170
#define TRANSFER "vmcapture: vmcore: "

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct when {
	double wall;
	double cpu;
};

enum {
	STAGE_PANIC = 2,
	STAGE_KERNEL = 3,
};

/*
 * In the order in which they happen: a marker only counts once the stages
 * before it have been seen or passed over.  The last two belong to a capture
 * that went wrong.
 */
static const struct stage {
	const char *name;
	const char *marker;
	const char *text; /* for people; NULL: not worth a line */
} stages[] = {
	{ "system", "system: up", "system kernel is up" },
	{ "armed", "system: armed", "capture kernel is armed" },
	{ "panic", "sysrq: Trigger a crash", "panic" },
	{ "kernel", "Linux version ", "capture kernel: first line" },
	{ "init", "Run /init as init process", "init" },
	{ "network", ": configured, MAC ", "network is up" },
	{ "first-ack", "first chunk acknowledged: ",
	  "first bytes acknowledged by the collector" },
	{ "vmcore-ack", " bytes of vmcore",
	  "first bytes of the vmcore acknowledged" },
	{ "complete", ": complete", "session complete" },
	{ "capture-panic", "Kernel panic - not syncing",
	  "the capture kernel panicked" },
	{ "restart", "reboot: Restarting system", NULL },
};

struct vmrun {
	bool progress;
	bool terminal; /* lines can be overwritten */
	double timeout;
	FILE *log;
	FILE *summary;
	pid_t pid;
	clockid_t clock; /* CPU time of QEMU */
	struct when start;
	struct when at[ARRAY_SIZE(stages)];
	bool seen[ARRAY_SIZE(stages)];
	size_t next;
	char line[LINE_MAX_LEN];
	size_t line_len;
};

static double seconds(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static struct when elapsed(const struct vmrun *run)
{
	return (struct when){
		.wall = seconds(CLOCK_MONOTONIC) - run->start.wall,
		.cpu = seconds(run->clock),
	};
}

/* Times after the panic count from there. */
static struct when relative(const struct vmrun *run, struct when at)
{
	if (run->seen[STAGE_PANIC]) {
		at.wall -= run->at[STAGE_PANIC].wall;
		at.cpu -= run->at[STAGE_PANIC].cpu;
	}
	return at;
}

static void show(const struct vmrun *run, const char *text, struct when at)
{
	at = relative(run, at);
	if (!run->progress || !text)
		return;
	printf("%s  %c%6.2f s  %6.2f CPU s  %s\n",
	       run->terminal ? "\r\033[K" : "",
	       run->seen[STAGE_PANIC] ? '+' : ' ', at.wall, at.cpu, text);
	fflush(stdout);
}

/* What vmcapture says every ten seconds, on a line that the next replaces. */
static void show_transfer(const struct vmrun *run, const char *line)
{
	const char *text = strstr(line, TRANSFER);

	if (!run->progress || !run->terminal || !text || !strstr(text, " of "))
		return;
	printf("\r\033[K  %s", text + strlen(TRANSFER));
	fflush(stdout);
}

static void find_stage(struct vmrun *run, const char *line, struct when at)
{
	for (size_t i = run->next; i < ARRAY_SIZE(stages); i++) {
		if (!strstr(line, stages[i].marker))
			continue;
		/* Until then these are the system kernel's own words. */
		if ((i > STAGE_PANIC && !run->seen[STAGE_PANIC]) ||
		    (i > STAGE_KERNEL && !run->seen[STAGE_KERNEL]))
			continue;
		show(run, stages[i].text, at);
		run->at[i] = at;
		run->seen[i] = true;
		run->next = i + 1;
		return;
	}
}

static void end_line(struct vmrun *run)
{
	struct when at = elapsed(run);

	run->line[run->line_len] = '\0';
	if (run->log)
		fprintf(run->log, "[%8.3f %8.3f] %s\n", at.wall, at.cpu,
			run->line);
	find_stage(run, run->line, at);
	show_transfer(run, run->line);
	run->line_len = 0;
}

static void take(struct vmrun *run, const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)buf[i];

		if (c == '\n' || run->line_len == LINE_MAX_LEN - 1)
			end_line(run);
		/* The BIOS talks in escape sequences; keep the log text. */
		if (isprint(c) || c == '\t')
			run->line[run->line_len++] = (char)c;
	}
}

static int start(struct vmrun *run, char **argv)
{
	int fds[2];

	if (pipe(fds) < 0)
		return -errno;
	run->start.wall = seconds(CLOCK_MONOTONIC);
	run->pid = fork();
	if (run->pid < 0)
		return -errno;
	if (run->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(fds[1], STDOUT_FILENO) >= 0) {
			close(fds[0]);
			close(fds[1]);
			execvp(argv[0], argv);
		}
		fprintf(stderr, "vmrun: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(fds[1]);
	if (clock_getcpuclockid(run->pid, &run->clock) != 0)
		run->clock = CLOCK_MONOTONIC;
	return fds[0];
}

/* Reads the console to its end; false when the time was over first. */
static bool watch(struct vmrun *run, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char buf[4096];

	for (;;) {
		double left = run->timeout - elapsed(run).wall;
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(&pfd, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		take(run, buf, (size_t)n);
	}
}

static int finish(struct vmrun *run, bool in_time)
{
	struct when on = { 0 }, end = elapsed(run);
	struct rusage usage = { 0 };
	char how[32];
	int status;

	if (!in_time)
		kill(run->pid, SIGKILL);
	while (wait4(run->pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	end.cpu =
		(double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	if (run->line_len > 0)
		end_line(run);

	if (!in_time)
		strcpy(how, "timeout");
	else if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "%d", WEXITSTATUS(status));
	show(run,
	     in_time ? "the machine came back"
		     : "the machine did not come back in time",
	     end);

	on = relative(run, on);
	fprintf(run->summary, "power-on=%.3f/%.3f\n", on.wall, on.cpu);
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		struct when at = relative(run, run->at[i]);

		if (run->seen[i])
			fprintf(run->summary, "%s=%.3f/%.3f\n", stages[i].name,
				at.wall, at.cpu);
	}
	end = relative(run, end);
	fprintf(run->summary, "end=%.3f/%.3f\nexit=%s\n", end.wall, end.cpu,
		how);
	if (!in_time)
		return 2;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file) {
		fprintf(stderr, "vmrun: %s: %s\n", path, strerror(errno));
		exit(71);
	}
	setvbuf(file, NULL, _IOLBF, 0);
	return file;
}

int main(int argc, char **argv)
{
	struct vmrun run = { .timeout = DEFAULT_TIMEOUT, .summary = stdout };
	int opt, fd, status;

	run.terminal = isatty(STDOUT_FILENO);
	while ((opt = getopt(argc, argv, "+pl:s:t:")) >= 0) {
		if (opt == 'p')
			run.progress = true;
		else if (opt == 'l')
			run.log = create(optarg);
		else if (opt == 's')
			run.summary = create(optarg);
		else if (opt == 't')
			run.timeout = strtod(optarg, NULL);
		else
			return 64;
	}
	if (optind == argc || run.timeout <= 0) {
		fprintf(stderr, "usage: vmrun [-p] [-l log] [-s summary] "
				"[-t seconds] -- qemu [argument ...]\n");
		return 64;
	}
	fd = start(&run, argv + optind);
	if (fd < 0) {
		fprintf(stderr, "vmrun: %s: %s\n", argv[optind], strerror(-fd));
		return 71;
	}
	status = finish(&run, watch(&run, fd));
	if (run.log)
		fclose(run.log);
	fclose(run.summary);
	return status;
}
