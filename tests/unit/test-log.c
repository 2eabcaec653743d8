// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../netstream/log.h"
#include "../tap.h"

/* Standard error is a packet socket: each write(2) is one packet. */
static int lines_fd;
static char line[2 * LOG_LINE_MAX];

static const char *next_line(void)
{
	ssize_t n = recv(lines_fd, line, sizeof(line) - 1, MSG_DONTWAIT);

	line[n < 0 ? 0 : n] = '\0';
	return line;
}

static void writes_one_line_at_once(void)
{
	log_init("prog");
	log_err("vmcore: read at %d: %s", 4096, "Input/output error");
	CHECK_STR(next_line(),
		  "prog: vmcore: read at 4096: Input/output error\n");
	CHECK_STR(next_line(), "");
}

static void drops_what_is_above_the_level(void)
{
	log_init("prog");
	log_debug("not this");
	CHECK_STR(next_line(), "");
	log_set_level(LOG_LEVEL_DEBUG);
	log_debug("but this");
	log_set_level(LOG_LEVEL_INFO);
	CHECK_STR(next_line(), "prog: but this\n");
}

static void starts_with_the_level_in_the_journal(void)
{
	char stream[64];
	struct stat st;

	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init("prog");
	log_err("bad");
	CHECK_STR(next_line(), "<3>prog: bad\n");
	log_notice("good");
	CHECK_STR(next_line(), "<5>prog: good\n");

	/* Inherited, but standard error is something else by now. */
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init("prog");
	log_err("bad");
	CHECK_STR(next_line(), "prog: bad\n");
	unsetenv("JOURNAL_STREAM");
}

static void cuts_a_line_that_kmsg_would_refuse(void)
{
	char text[4 * LOG_LINE_MAX];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_init("prog");
	log_err("%s", text);
	next_line();
	CHECK_INT(strlen(line), LOG_LINE_MAX);
	CHECK_STR(line + LOG_LINE_MAX - 2, "x\n");
	CHECK_STR(next_line(), "");
}

static void keeps_a_hostile_text_on_its_line(void)
{
	log_init("prog");
	log_err("server says: %s", "no\n<0>prog: panic\r\x1b[2J\x7f");
	CHECK_STR(next_line(), "prog: server says: no <0>prog: panic  [2J \n");
}

int main(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0 ||
	    dup2(fds[1], STDERR_FILENO) < 0)
		return 1;
	lines_fd = fds[0];
	RUN(writes_one_line_at_once);
	RUN(drops_what_is_above_the_level);
	RUN(starts_with_the_level_in_the_journal);
	RUN(cuts_a_line_that_kmsg_would_refuse);
	RUN(keeps_a_hostile_text_on_its_line);
	return tap_done();
}
