// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../netstream/io.h"
#include "../tap.h"

static void on_alarm(int signum)
{
	(void)signum;
}

/* A pipe whose other end is slow, and a signal every millisecond. */
static void goes_on_after_short_transfers_and_signals(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { { 0, 1000 }, { 0, 1000 } };
	static uint8_t sent[300000], got[sizeof(sent)];
	int fds[2], status;
	pid_t child;

	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 7);
	CHECK_INT(pipe(fds), 0);
	child = fork();
	if (!child) {
		close(fds[0]);
		usleep(20000);
		_exit(write_full(fds[1], sent, sizeof(sent)) ? 1 : 0);
	}
	close(fds[1]);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	CHECK_INT(read_full(fds[0], got, sizeof(got)), 0);
	timer = (struct itimerval){ .it_value = { 0, 0 } };
	setitimer(ITIMER_REAL, &timer, NULL);
	CHECK_MEM(got, sent, sizeof(sent));
	CHECK_INT(read_full(fds[0], got, 1), -ENODATA);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	CHECK_INT(status, 0);
	close(fds[0]);
}

static void says_when_the_file_ends_early(void)
{
	int fd = memfd_create("io", 0);
	char buf[8];

	CHECK_INT(pwrite_full(fd, "abcd", 4, 2), 0);
	CHECK_INT(pread_full(fd, buf, 6, 0), 0);
	CHECK_MEM(buf, "\0\0abcd", 6);
	CHECK_INT(pread_full(fd, buf, 7, 0), -ENODATA);
	CHECK_INT(pread_full(fd, buf, 0, 0), 0);
	close(fd);
}

static void refuses_an_offset_that_is_not_one(void)
{
	char buf[8] = "";

	CHECK_INT(pread_full(0, buf, 1, UINT64_MAX), -EOVERFLOW);
	CHECK_INT(pwrite_full(0, buf, 8, INT64_MAX - 6), -EOVERFLOW);
	CHECK_INT(pwrite_full(-1, buf, 1, 0), -EBADF);
}

static void reads_a_file_without_a_size(void)
{
	char *text = NULL;
	size_t len = 0;

	CHECK_INT(read_file("/proc/self/stat", 65536, &text, &len), 0);
	CHECK(text && len > 20 && strlen(text) == len);
	free(text);
	CHECK_INT(read_file("/nonexistent", 10, &text, &len), -ENOENT);
	CHECK_INT(read_file("/", 10, &text, &len), -EISDIR);
}

static void reads_at_most_what_is_allowed(void)
{
	static char data[10000];
	char path[64], *text = NULL;
	int fd = memfd_create("io", 0);
	size_t len = 0;

	memset(data, 'x', sizeof(data));
	CHECK_INT(write_full(fd, data, sizeof(data)), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_INT(read_file(path, sizeof(data) - 1, &text, &len), -EFBIG);
	CHECK_INT(read_file(path, sizeof(data), &text, &len), 0);
	CHECK_INT(len, sizeof(data));
	CHECK(text && strlen(text) == sizeof(data));
	free(text);
	CHECK_INT(read_file(path, SIZE_MAX, &text, NULL), 0);
	free(text);
	close(fd);
}

static void puts_the_high_byte_first(void)
{
	uint8_t buf[8];

	put_be64(buf, 0x0102030405060708);
	CHECK_MEM(buf, "\1\2\3\4\5\6\7\10", 8);
	CHECK_INT(get_be64(buf), 0x0102030405060708);
}

static void has_a_clock_that_runs(void)
{
	uint64_t start = now_ms();

	usleep(30000);
	CHECK(now_ms() - start >= 30 && now_ms() - start < 10000);
}

int main(void)
{
	RUN(goes_on_after_short_transfers_and_signals);
	RUN(says_when_the_file_ends_early);
	RUN(refuses_an_offset_that_is_not_one);
	RUN(reads_a_file_without_a_size);
	RUN(reads_at_most_what_is_allowed);
	RUN(puts_the_high_byte_first);
	RUN(has_a_clock_that_runs);
	return tap_done();
}
