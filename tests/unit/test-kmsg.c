// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/kmsg.h"
#include "tests/tap.h"
#include "tests/unit/sink.h"

/* Formats a record that ends with its memory, for ASAN. */
static const char *line_of(const char *record)
{
	static char line[128];
	size_t len = strlen(record);
	char *copy = malloc(len ? len : 1);

	memcpy(copy, record, len);
	line[kmsg_format(copy, len, line, sizeof(line))] = '\0';
	free(copy);
	return line;
}

static void formats_like_dmesg(void)
{
	CHECK_STR(line_of("6,339,5140900,-;NET: hello\n SUBSYSTEM=acpi\n"),
		  "[    5.140900] NET: hello\n");
	CHECK_STR(line_of("0,0,0,-;x"), "[    0.000000] x\n");
	CHECK_STR(line_of("14,1,123456789012,c,extra;a;b,c\n"),
		  "[123456.789012] a;b,c\n");
	CHECK_STR(line_of("6,1,7,-;\n"), "[    0.000007] \n");
}

static void drops_what_is_no_record(void)
{
	CHECK_STR(line_of(""), "");
	CHECK_STR(line_of("6,339,5140900,-"), "");
	CHECK_STR(line_of("6;text"), "");
	CHECK_STR(line_of("6,1,x,-;text"), "");
}

static void survives_a_cut_at_every_byte(void)
{
	static const char record[] = "6,339,5140900,-;NET: hello\n SUB=x\n";
	char cut[sizeof(record)];

	for (size_t len = 0; len < sizeof(record); len++) {
		memcpy(cut, record, len);
		cut[len] = '\0';
		CHECK(strlen(line_of(cut)) <= sizeof(record));
	}
}

static void cuts_a_line_that_does_not_fit(void)
{
	char line[20];

	CHECK_INT(kmsg_format("6,1,0,-;abcdefgh", 16, line, sizeof(line)), 19);
	CHECK_STR(line, "[    0.000000] abcd");
}

/* A packet socket gives one record per read(), as /dev/kmsg does. */
static void copies_record_by_record_to_the_end(void)
{
	int fds[2];

	sunk_len = 0;
	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds),
		  0);
	CHECK_INT(send(fds[1], "6,1,1,-;one\n", 12, 0), 12);
	CHECK_INT(send(fds[1], "junk", 4, 0), 4);
	CHECK_INT(send(fds[1], "6,2,2,-;two\n K=v\n", 17, 0), 17);
	CHECK_INT(kmsg_copy(fds[0], sink, NULL), 0);
	CHECK_STR(sunk, "[    0.000001] one\n[    0.000002] two\n");
	close(fds[0]);
	close(fds[1]);
}

static void ends_in_a_log_that_grows(void)
{
	static char record[KMSG_RECORD_MAX];
	int fd = memfd_create("kmsg", 0);

	memset(record, 'x', sizeof(record));
	memcpy(record, "6,1,1,-;", 8);
	for (int i = 0; i < 2 * (int)(KMSG_LOG_MAX / sizeof(record)); i++)
		CHECK_INT(write(fd, record, sizeof(record)), sizeof(record));
	lseek(fd, 0, SEEK_SET);
	sunk_len = 0;
	CHECK_INT(kmsg_copy(fd, sink, NULL), 0);
	CHECK(sunk_len >= KMSG_LOG_MAX);
	CHECK(sunk_len < KMSG_LOG_MAX + 2 * KMSG_RECORD_MAX);
	close(fd);
}

static void returns_the_sinks_error(void)
{
	int fd = memfd_create("kmsg", 0);

	CHECK_INT(write(fd, "6,1,1,-;x\n", 10), 10);
	lseek(fd, 0, SEEK_SET);
	sunk_len = sizeof(sunk);
	CHECK_INT(kmsg_copy(fd, sink, NULL), -EFBIG);
	close(fd);
	CHECK_INT(kmsg_copy(-1, sink, NULL), -EBADF);
}

int main(void)
{
	RUN(formats_like_dmesg);
	RUN(drops_what_is_no_record);
	RUN(survives_a_cut_at_every_byte);
	RUN(cuts_a_line_that_does_not_fit);
	RUN(copies_record_by_record_to_the_end);
	RUN(ends_in_a_log_that_grows);
	RUN(returns_the_sinks_error);
	return tap_done();
}
