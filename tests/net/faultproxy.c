// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * faultproxy [OPTION]... PORT: TCP between a client and 127.0.0.1:PORT, with
 * faults, for tests.  Says "listening on 127.0.0.1:N" on standard error.
 *
 *	-n N	only the first N connections have faults; else all
 *	-r N	reset both sides after N bytes of the client
 *	-h N	hold: forward nothing of the client after N bytes
 *	-b N	at most N bytes a second of the client
 *	-d N	each piece of the server's waits N milliseconds
 *
 * One process per connection; all end with the first one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netstream/io.h"

#define PIECE 16384

struct faults {
	uint64_t connections;
	uint64_t reset_after, hold_after; /* UINT64_MAX: never */
	uint64_t bytes_per_second; /* 0: no limit */
	uint64_t delay_ms;
};

static void die(const char *what)
{
	fprintf(stderr, "faultproxy: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int connect_to(uint16_t port)
{
	struct sockaddr_in addr = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int listen_somewhere(void)
{
	struct sockaddr_in addr = loopback(0);
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) < 0 ||
	    listen(fd, 16) < 0 ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		die("listen");
	fprintf(stderr, "faultproxy: listening on 127.0.0.1:%u\n",
		ntohs(addr.sin_port));
	return fd;
}

/* close() of a socket with this set sends a reset instead of the rest. */
static void set_reset(int fd)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Bytes that were read, 0 at the end of either side. */
static size_t forward(int from, int to, size_t max)
{
	char buf[PIECE];
	ssize_t n = read(from, buf, max < sizeof(buf) ? max : sizeof(buf));

	if (n <= 0 || write_full(to, buf, (size_t)n) < 0)
		return 0;
	return (size_t)n;
}

/* What may be taken of the client now: less than a tenth of a second's. */
static size_t budget(const struct faults *faults, uint64_t seen)
{
	uint64_t max = PIECE, rate = faults->bytes_per_second / 10;
	uint64_t stop = faults->hold_after < faults->reset_after
				? faults->hold_after
				: faults->reset_after;

	if (rate && rate < max)
		max = rate;
	if (stop - seen < max)
		max = stop - seen;
	return (size_t)max;
}

static void serve(int client, int server, const struct faults *faults)
{
	uint64_t seen = 0;
	bool held = false;

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = held ? -1 : client, .events = POLLIN },
			{ .fd = server, .events = POLLIN },
		};
		size_t n;

		if (poll(fds, 2, -1) < 0)
			die("poll");
		if (fds[1].revents) {
			usleep((useconds_t)(faults->delay_ms * 1000));
			if (!forward(server, client, PIECE))
				return;
		}
		if (!fds[0].revents)
			continue;
		n = forward(client, server, budget(faults, seen));
		if (!n)
			return;
		seen += n;
		if (faults->bytes_per_second)
			usleep((useconds_t)(n * 1000000 /
					    faults->bytes_per_second));
		if (seen == faults->hold_after) {
			fprintf(stderr, "faultproxy: held\n");
			held = true;
		}
		if (seen == faults->reset_after) {
			fprintf(stderr, "faultproxy: reset\n");
			set_reset(client);
			set_reset(server);
			return;
		}
	}
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t v = strtoull(text, &end, 10);

	if (end == text || *end) {
		fprintf(stderr, "faultproxy: %s: not a number\n", text);
		exit(2);
	}
	return v;
}

static void accept_all(int fd, uint16_t port, struct faults *faults)
{
	static const struct faults none = { .reset_after = UINT64_MAX,
					    .hold_after = UINT64_MAX };

	for (;;) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		const struct faults *these = faults;

		if (client < 0)
			die("accept");
		if (!faults->connections)
			these = &none;
		else
			faults->connections--;
		if (fork() == 0) {
			int server = connect_to(port);

			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(fd);
			if (server >= 0)
				serve(client, server, these);
			exit(0);
		}
		close(client);
	}
}

int main(int argc, char **argv)
{
	struct faults faults = { .connections = UINT64_MAX,
				 .reset_after = UINT64_MAX,
				 .hold_after = UINT64_MAX };
	int opt;

	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	while ((opt = getopt(argc, argv, "n:r:h:b:d:")) != -1) {
		if (opt == 'n')
			faults.connections = number(optarg);
		else if (opt == 'r')
			faults.reset_after = number(optarg);
		else if (opt == 'h')
			faults.hold_after = number(optarg);
		else if (opt == 'b')
			faults.bytes_per_second = number(optarg);
		else if (opt == 'd')
			faults.delay_ms = number(optarg);
		else
			return 2;
	}
	if (argc - optind != 1)
		return 2;
	accept_all(listen_somewhere(), (uint16_t)number(argv[optind]), &faults);
	return 0;
}
