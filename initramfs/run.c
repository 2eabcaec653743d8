// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "initramfs/run.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define OOM_SCORE_ADJ "/proc/self/oom_score_adj"
#define KILLED_WAIT_S 5
#define INIT_FDS_END 10 /* init's own descriptors are below */

static int set_oom_score(const char *score)
{
	int fd = open(OOM_SCORE_ADJ, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_full(fd, score, strlen(score));
	close(fd);
	return ret;
}

void run_spare_me(void)
{
	int ret = set_oom_score("-1000");

	if (ret < 0)
		log_warn(OOM_SCORE_ADJ ": %s", strerror(-ret));
}

static void child(char **argv, const sigset_t *mask)
{
	setsid();
	set_oom_score("0");
	sigprocmask(SIG_SETMASK, mask, NULL);
	for (int fd = STDERR_FILENO + 1; fd < INIT_FDS_END; fd++)
		close(fd);
	execvp(argv[0], argv);
	log_err("%s: %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* A child that ends cuts it short; a second, so that progress is seen. */
static void nap(const sigset_t *sigchld)
{
	const struct timespec second = { .tv_sec = 1 };

	sigtimedwait(sigchld, NULL, &second);
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void log_over(const char *name, const struct bound *bound,
		     enum bound_state state, bool leave)
{
	const char *fate = leave ? "goes on in the background" : "killed";

	if (state == BOUND_STALLED)
		log_err("%s: no progress for %" PRIu64 " s: %s", name,
			bound->stall, fate);
	else
		log_err("%s: not done after %" PRIu64 " s: %s", name,
			bound->seconds, fate);
}

/* What sleeps in the kernel may not hear it; nobody waits for that. */
static void kill_group(const char *name, pid_t pid, const sigset_t *sigchld)
{
	kill(-pid, SIGKILL);
	for (int i = 0; i < KILLED_WAIT_S; i++) {
		if (waitpid(pid, NULL, WNOHANG))
			return;
		nap(sigchld);
	}
	log_err("%s: does not die: left behind", name);
}

int run_command(char **argv, struct bound *bound, bool leave)
{
	enum bound_state state;
	sigset_t sigchld, mask;
	int status;
	pid_t pid;

	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &sigchld, &mask);
	pid = fork();
	if (pid < 0) {
		log_err("%s: fork: %s", argv[0], strerror(errno));
		return 126;
	}
	if (pid == 0)
		child(argv, &mask);

	for (;;) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status_of(status);
		state = bound_check(bound);
		if (state != BOUND_INSIDE)
			break;
		nap(&sigchld);
	}
	log_over(argv[0], bound, state, leave);
	if (!leave)
		kill_group(argv[0], pid, &sigchld);
	return RUN_OVER;
}
